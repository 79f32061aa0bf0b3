"""Where public pages are. Numbers are permanent; the words after them are decoration."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.text import slugify

from core.bidi import without_turns

SLUG_LENGTH = 80


def slug_of(text: str, otherwise: str = "page") -> str:
    """Words of TEXT for an address, in any script, cut between words."""
    slug = slugify(without_turns(text), allow_unicode=True)
    if len(slug) > SLUG_LENGTH:
        slug = slug[:SLUG_LENGTH].rpartition("-")[0] or slug[:SLUG_LENGTH]
    return slug or otherwise


def claim_path(number: int, sentence: str) -> str:
    return reverse("claim", kwargs={"number": number, "slug": slug_of(sentence, "claim")})


def source_path(number: int, name: str) -> str:
    return reverse("source", kwargs={"number": number, "slug": slug_of(name, "source")})


def event_path(number: int, slug: str) -> str:
    return reverse("event", kwargs={"number": number, "slug": slug})


def snapshot_path(number: int) -> str:
    return reverse("snapshot", kwargs={"number": number})


def snapshot_warc_path(number: int) -> str:
    return reverse("snapshot_warc", kwargs={"number": number})


def snapshot_picture_path(number: int) -> str:
    return reverse("snapshot_picture", kwargs={"number": number})


def snapshot_bundle_path(number: int) -> str:
    return reverse("snapshot_bundle", kwargs={"number": number})


def claim_bundle_path(number: int) -> str:
    return reverse("claim_bundle", kwargs={"number": number})


def diff_path(number: int, other: int) -> str:
    return reverse("snapshot_diff", kwargs={"number": number, "other": other})


def search_path(**terms: str) -> str:
    return f"{reverse('search')}?{urlencode(terms)}"


def absolute(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}"


def as_it_stood(path: str, at: datetime) -> str:
    """PATH with the moment AT, rounded up to the second so that what happened then is in it."""
    moment = at.astimezone(UTC)
    if moment.microsecond:
        moment = moment.replace(microsecond=0) + timedelta(seconds=1)
    return f"{path}?as_of={moment:%Y-%m-%dT%H:%M:%SZ}"
