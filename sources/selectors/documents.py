from __future__ import annotations

import hashlib

from django.db import models

from sources.attribution import attribution_keys
from sources.models import Document, Source, SourceAddress


def address_digest(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()


def document_at(address: str) -> Document | None:
    """The document of a canonical address."""
    return Document.objects.filter(address_digest=address_digest(address)).first()


def source_of_address(address: str) -> Source | None:
    """The source that owns a canonical address, by its most specific registered part."""
    keys = attribution_keys(address)
    found = {
        owned.value: owned.source
        for owned in SourceAddress.objects.filter(value__in=keys).select_related("source")
    }
    return next((found[key] for key in keys if key in found), None)


def missing_addresses() -> models.QuerySet[Document]:
    """Documents that a footnote cites and whose address nobody has found yet."""
    return Document.objects.filter(address__isnull=True).order_by("number")
