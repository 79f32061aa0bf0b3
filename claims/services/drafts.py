"""What a person decides about the drafts of an imported article: keep, drop, edit, join, split."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Max

from accounts.models import User
from accounts.policies import require
from accounts.roles import Permission
from audit.services.record import record_event, recording
from claims.footnotes import Note, NoteStyle, mask
from claims.models import ArticleImport, ClaimDraft
from claims.models.imports import DraftDecision
from claims.proposals.flags import flags_of
from claims.proposals.proposal import Flag
from core.errors import Conflict, Invalid, Missing

LENGTHS = range(10, 241)
_ASIDE = 10_000  # positions that no draft has, used while others move up


@recording()
def decide_draft(*, actor: User, draft: ClaimDraft, decision: str) -> ClaimDraft:
    """Keep a draft, drop it, or leave it undecided again."""
    draft = _locked(actor, draft)
    chosen = DraftDecision(decision)
    if chosen is DraftDecision.CREATED:
        raise Invalid("Create the claims of an article together, with “Create claims”.")
    return _changed(actor, draft, "decided", decision=chosen)


@recording()
def edit_draft(*, actor: User, draft: ClaimDraft, sentence: str) -> ClaimDraft:
    """Reword a draft; the words that were proposed and the quote stay as they are."""
    draft = _locked(actor, draft)
    return _changed(actor, draft, "edited", sentence=_checked(sentence))


@recording()
def keep_all(*, actor: User, article: ArticleImport) -> int:
    """Keep every draft that nobody has decided on; how many that were."""
    require(actor, Permission.EDIT)
    undecided = article.drafts.filter(decision=DraftDecision.UNDECIDED)
    kept: int = undecided.update(decision=DraftDecision.KEPT)
    if kept:
        record_event(
            actor=actor, tag="claims:import:all_kept", subject=article, after={"kept": kept}
        )
    return kept


@recording()
def join_drafts(*, actor: User, draft: ClaimDraft, sentence: str = "") -> ClaimDraft:
    """Join a draft to the nearest one above it in its paragraph; the upper one holds both.

    Without SENTENCE the two are put side by side. The lower draft is dropped, not deleted.
    """
    lower = _locked(actor, draft)
    upper = _above(lower)
    words = sentence or f"{upper.sentence}, and {lower.sentence[0].lower()}{lower.sentence[1:]}"
    flags = [str(f) for f in Flag if f in {*upper.flags, *lower.flags} - {Flag.SPLIT}]
    joined = _changed(
        actor,
        upper,
        "joined",
        sentence=_checked(words),
        quote=_joined_quote(upper, lower),
        footnotes=sorted({*upper.footnotes, *lower.footnotes}),
        flags=flags,
    )
    _changed(actor, lower, "decided", decision=DraftDecision.DROPPED)
    return joined


def _above(draft: ClaimDraft) -> ClaimDraft:
    upper = (
        draft.article.drafts.filter(position__lt=draft.position, paragraph=draft.paragraph)
        .exclude(decision__in=[DraftDecision.DROPPED, DraftDecision.CREATED])
        .order_by("-position")
        .first()
    )
    if upper is None:
        raise Conflict("There is no open proposal above this one in its paragraph to join it to.")
    return upper


def _joined_quote(upper: ClaimDraft, lower: ClaimDraft) -> str:
    """The words of the paragraph from the first quote to the end of the last."""
    text = _paragraph_text(upper.article, upper.paragraph, upper.quote)
    spans = [(text.find(quote), len(quote)) for quote in (upper.quote, lower.quote)]
    if min(start for start, _ in spans) < 0:
        return upper.quote
    start = min(start for start, _ in spans)
    return text[start : max(at + length for at, length in spans)]


def _paragraph_text(article: ArticleImport, where: str, quote: str) -> str:
    """The paragraph of that place; of several captions, the one with the quote."""
    texts: list[str] = [row["text"] for row in article.paragraphs if str(row["where"]) == where]
    return next((text for text in texts if quote in text), texts[0] if texts else "")


@recording()
def split_draft(*, actor: User, draft: ClaimDraft, sentences: Sequence[str]) -> list[ClaimDraft]:
    """One draft for each sentence, in the place of the one, with its quote and notes."""
    draft = _locked(actor, draft)
    checked = [_checked(sentence) for sentence in sentences]
    if len(checked) < 2:  # noqa: PLR2004 - one is no split
        raise Invalid("Write at least two sentences, each on its own line.")
    _make_room(draft, len(checked) - 1)
    flags = [str(flag) for flag in Flag if flag in {*draft.flags, Flag.SPLIT}]
    first = _changed(actor, draft, "split", sentence=checked[0], flags=flags)
    others = [
        ClaimDraft(
            article=draft.article,
            position=draft.position + place,
            sentence=sentence,
            proposed=sentence,
            quote=draft.quote,
            paragraph=draft.paragraph,
            footnotes=draft.footnotes,
            flags=flags,
            kind=draft.kind,
            decision=draft.decision,
        )
        for place, sentence in enumerate(checked[1:], start=1)
    ]
    return [first, *ClaimDraft.objects.bulk_create(others)]


def _make_room(draft: ClaimDraft, places: int) -> None:
    """Move the drafts below down, by way of free numbers: a position is unique at any moment."""
    below = draft.article.drafts.filter(position__gt=draft.position)
    below.update(position=F("position") + _ASIDE)
    draft.article.drafts.filter(position__gt=_ASIDE).update(
        position=F("position") - (_ASIDE - places)
    )


@recording()
def add_draft(*, actor: User, article: ArticleImport, quote: str, sentence: str = "") -> ClaimDraft:
    """A claim that the proposer missed: words of the article, found with or without markers."""
    require(actor, Permission.EDIT)
    article = ArticleImport.objects.select_for_update().get(pk=article.pk)
    found = _found(article, " ".join(quote.split()))
    words = _checked(sentence or found["words"])
    highest = article.drafts.aggregate(highest=Max("position"))["highest"] or 0
    draft = ClaimDraft.objects.create(
        article=article,
        position=highest + 1,
        sentence=words,
        proposed=words,
        quote=found["quote"],
        paragraph=found["where"],
        footnotes=found["footnotes"],
        flags=_flags(words, found),
        decision=DraftDecision.KEPT,
    )
    record_event(actor=actor, tag="claims:draft:added", subject=article, after={"sentence": words})
    return draft


def _flags(sentence: str, found: dict[str, Any]) -> list[str]:
    given = {Flag.PICTURE} if found["where"] == "caption" else set()
    noted = bool(found["footnotes"])
    return [str(f) for f in flags_of(sentence, source=found["words"], noted=noted, given=given)]


def _found(article: ArticleImport, quote: str) -> dict[str, Any]:
    """Where the article holds these words, and the notes inside them or right after them."""
    for row in article.paragraphs:
        notes = [Note(s, e, n, NoteStyle.GLUED) for s, e, n in row.get("notes", [])]
        masked = mask(row["text"], notes)
        for words, back in ((row["text"], None), (masked.text, masked)):
            at = words.find(quote) if quote else -1
            if at < 0:
                continue
            span = (at, at + len(quote)) if back is None else back.raw_span(at, at + len(quote))
            numbers = {n.number for n in notes if span[0] < n.start <= span[1] + 1}
            return {
                "where": str(row["where"]),
                "quote": row["text"][span[0] : span[1]],
                "words": quote,
                "footnotes": sorted(numbers),
            }
    raise Missing("These words are not in the article. Paste them exactly as they stand there.")


def _locked(actor: User, draft: ClaimDraft) -> ClaimDraft:
    """The draft, fresh, with its article locked: drafts of one article change one at a time."""
    require(actor, Permission.EDIT)
    ArticleImport.objects.select_for_update().get(pk=draft.article_id)
    fresh = ClaimDraft.objects.select_related("article").get(pk=draft.pk)
    if fresh.decision == DraftDecision.CREATED:
        raise Conflict("This proposal is a claim already. Edit the claim.")
    return fresh


def _checked(sentence: str) -> str:
    words = " ".join(sentence.split())
    if len(words) not in LENGTHS:
        raise Invalid(
            f"A claim has {LENGTHS.start} to {LENGTHS.stop - 1} characters; this has {len(words)}."
        )
    return words


def _changed(actor: User, draft: ClaimDraft, action: str, **changes: Any) -> ClaimDraft:
    before = {name: getattr(draft, name) for name in changes}
    for name, value in changes.items():
        setattr(draft, name, value)
    draft.save(update_fields=list(changes))
    record_event(
        actor=actor,
        tag=f"claims:draft:{action}",
        subject=draft.article,
        before={"position": draft.position, **before},
        after={"position": draft.position, **changes},
    )
    return draft
