"""Importing an article: once, with its footnotes; deciding on drafts; claims with their stubs."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from audit.models import AuditEvent
from claims.models import ArticleImport, Claim, ClaimDraft, Evidence, Footnote
from claims.models.imports import DraftDecision
from claims.services import imports
from claims.services.creating import create_claims
from claims.services.drafts import (
    add_draft,
    decide_draft,
    edit_draft,
    join_drafts,
    keep_all,
    split_draft,
)
from claims.services.imports import confirm_year, import_article
from claims.vocabulary import Publication, Stance, Status
from core.errors import Conflict, Invalid, Missing, NotAllowed
from sources.models import Document, Snapshot
from sources.selectors.documents import missing_addresses

ARTICLES = Path(__file__).parent / "articles"
ALEPPO = (ARTICLES / "aleppo.txt").read_text()
RECAPTURED = "Dhahiyet al-Assad was recaptured by the government"


@pytest.fixture
def aleppo(checker: User) -> ArticleImport:
    return import_article(actor=checker, text=ALEPPO)


def draft(article: ArticleImport, position: int) -> ClaimDraft:
    return article.drafts.get(position=position)


# Importing


def test_import_stores_drafts_footnotes_and_what_was_dropped(aleppo: ArticleImport) -> None:
    assert aleppo.drafts.count() == 18
    assert set(aleppo.drafts.values_list("decision", flat=True)) == {DraftDecision.UNDECIDED}
    assert list(aleppo.footnotes.values_list("marker", flat=True)) == [str(n) for n in range(1, 11)]
    assert [row["where"] for row in aleppo.paragraphs] == [1, 2, 3, "caption", 4, 5]
    assert "Leave A Reply" in [row["text"] for row in aleppo.dropped]
    assert (aleppo.year, aleppo.year_inferred) == (None, True)
    twelfth = draft(aleppo, 12)
    assert (twelfth.sentence, twelfth.paragraph, twelfth.footnotes) == (RECAPTURED, "4", [8, 9])


def test_paragraphs_keep_where_their_markers_stand(aleppo: ArticleImport) -> None:
    second = aleppo.paragraphs[1]
    assert [second["text"][start:end] for start, end, _ in second["notes"]] == ["1", "2", "3"]


def test_footnotes_without_address_stand_in_the_queue_of_missing_ones(
    aleppo: ArticleImport,
) -> None:
    assert missing_addresses().count() == 10
    assert aleppo.footnotes.first().document.title == ""  # the page will give its own


def test_footnotes_with_an_address_are_documents_at_it(checker: User) -> None:
    article = import_article(actor=checker, text=(ARTICLES / "river-crossing.txt").read_bytes())
    found = {note.marker: note.document.address for note in article.footnotes.all()}
    assert found["1"] == "https://herald.example.org/2019/shells"
    assert found["2"] is None
    assert (article.year, article.year_inferred) == (2019, False)


def test_an_unusable_address_is_missing_and_still_readable(checker: User) -> None:
    text = (
        "A title\n\nOved fell [1] and Tamar burnt [2].\n\n[1] http://[half\n[2] http://b.example/"
    )
    article = import_article(actor=checker, text=text)
    first = article.footnotes.get(marker="1").document
    assert first.address is None
    assert "http://[half" in first.title


def test_importing_the_same_text_twice_changes_nothing(
    checker: User, editor: User, aleppo: ArticleImport
) -> None:
    def counts() -> list[int]:
        models = (ArticleImport, ClaimDraft, Footnote, Document, AuditEvent)
        return [model.objects.count() for model in models]

    before = counts()
    for text in (ALEPPO, ALEPPO.replace("\n", "\r\n").encode(), f"\n{ALEPPO}\n"):
        assert import_article(actor=editor, text=text) == aleppo
    assert counts() == before
    aleppo.refresh_from_db()
    assert aleppo.imported_by == checker


def test_two_people_importing_at_once_get_one_import(
    checker: User, aleppo: ArticleImport, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second one looked before the first had written: the database decides."""
    real = ArticleImport.objects.filter

    def nothing_yet(**_conditions: object) -> object:
        return real(pk=-1)

    monkeypatch.setattr(imports.ArticleImport.objects, "filter", nothing_yet)
    assert import_article(actor=checker, text=ALEPPO) == aleppo


def test_a_contributor_may_not_import(contributor: User) -> None:
    with pytest.raises(NotAllowed):
        import_article(actor=contributor, text=ALEPPO)
    assert not ArticleImport.objects.exists()


def test_more_than_a_screen_can_serve_is_refused(
    checker: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "MOST_CLAIMS", 17)
    with pytest.raises(Invalid, match="18 claims"):
        import_article(actor=checker, text=ALEPPO)
    assert not Document.objects.exists()


def test_confirmed_year_is_no_longer_inferred(checker: User, aleppo: ArticleImport) -> None:
    article = confirm_year(actor=checker, article=aleppo, year=2016)
    assert (article.year, article.year_inferred) == (2016, False)
    with pytest.raises(Invalid):
        confirm_year(actor=checker, article=aleppo, year=16)


# Deciding


def test_drafts_are_kept_dropped_and_left_undecided_again(
    checker: User, aleppo: ArticleImport
) -> None:
    for decision in (DraftDecision.KEPT, DraftDecision.DROPPED, DraftDecision.UNDECIDED):
        decide_draft(actor=checker, draft=draft(aleppo, 1), decision=decision)
        assert draft(aleppo, 1).decision == decision


def test_keeping_all_leaves_what_was_dropped(checker: User, aleppo: ArticleImport) -> None:
    decide_draft(actor=checker, draft=draft(aleppo, 1), decision=DraftDecision.DROPPED)
    assert keep_all(actor=checker, article=aleppo) == 17
    assert keep_all(actor=checker, article=aleppo) == 0
    assert draft(aleppo, 1).decision == DraftDecision.DROPPED


def test_editing_keeps_what_was_proposed(checker: User, aleppo: ArticleImport) -> None:
    edit_draft(actor=checker, draft=draft(aleppo, 9), sentence=" Government forces took  Minyan ")
    edited = draft(aleppo, 9)
    assert edited.sentence == "Government forces took Minyan"
    assert edited.proposed == "The SAA captured Minyan"


@pytest.mark.parametrize("sentence", ["Too short", "x" * 241])
def test_a_sentence_that_is_no_claim_is_refused(
    checker: User, aleppo: ArticleImport, sentence: str
) -> None:
    with pytest.raises(Invalid, match="10 to 240"):
        edit_draft(actor=checker, draft=draft(aleppo, 9), sentence=sentence)


def test_joining_unites_notes_and_quote_and_drops_the_lower(
    checker: User, aleppo: ArticleImport
) -> None:
    joined = join_drafts(actor=checker, draft=draft(aleppo, 9))
    assert joined.position == 8
    assert joined.footnotes == [4, 5]
    assert joined.quote in aleppo.paragraphs[2]["text"]
    assert joined.quote.startswith("The SAA launched")
    assert joined.quote.endswith("captured the neighborhood")
    assert draft(aleppo, 9).decision == DraftDecision.DROPPED


def test_joining_across_paragraphs_is_refused(checker: User, aleppo: ArticleImport) -> None:
    with pytest.raises(Conflict):
        join_drafts(actor=checker, draft=draft(aleppo, 3))


def test_splitting_puts_the_parts_in_the_place_of_the_whole(
    checker: User, aleppo: ArticleImport
) -> None:
    parts = ["Opposition forces left the 1070 project", "Opposition forces left Hikmah"]
    split = split_draft(actor=checker, draft=draft(aleppo, 7), sentences=parts)
    assert [(row.position, row.sentence) for row in split] == [(7, parts[0]), (8, parts[1])]
    assert draft(aleppo, 8).footnotes == [3]
    assert "split" in draft(aleppo, 8).flags
    assert draft(aleppo, 13).sentence == RECAPTURED
    assert list(aleppo.drafts.values_list("position", flat=True)) == list(range(1, 20))
    with pytest.raises(Invalid):
        split_draft(actor=checker, draft=draft(aleppo, 1), sentences=["Only one sentence"])


@pytest.mark.parametrize(
    "pasted",
    [
        "government forces regrouped and reinforced their frontline units",
        (
            "These hills, which provide high ground overlooking nearby positions, were captured"
            " after heavy fighting and the rebel positions"
        ),
    ],
)
def test_a_missed_claim_is_added_from_words_of_the_article(
    checker: User, aleppo: ArticleImport, pasted: str
) -> None:
    added = add_draft(actor=checker, article=aleppo, quote=pasted, sentence="A claim that we add")
    assert added.decision == DraftDecision.KEPT
    assert added.position == 19
    where = {str(row["where"]): row["text"] for row in aleppo.paragraphs}[added.paragraph]
    assert added.quote in where
    assert added.footnotes == ([1] if "hills" in pasted else [])


def test_words_that_the_article_does_not_hold_cannot_be_added(
    checker: User, aleppo: ArticleImport
) -> None:
    with pytest.raises(Missing):
        add_draft(actor=checker, article=aleppo, quote="Nobody wrote this sentence")
    with pytest.raises(Missing):
        add_draft(actor=checker, article=aleppo, quote="  ")


# Claims from drafts


def test_only_kept_drafts_become_claims_and_only_once(checker: User, aleppo: ArticleImport) -> None:
    decide_draft(actor=checker, draft=draft(aleppo, 12), decision=DraftDecision.KEPT)
    (claim,) = create_claims(actor=checker, article=aleppo)
    assert create_claims(actor=checker, article=aleppo) == []
    assert Claim.objects.get() == claim
    assert draft(aleppo, 12).claim == claim
    assert (claim.sentence, claim.status, claim.publication, claim.language) == (
        RECAPTURED, Status.UNVERIFIED, Publication.DRAFT, "en",
    )  # fmt: skip


def test_each_footnote_is_a_stub_whose_address_is_missing(
    checker: User, aleppo: ArticleImport
) -> None:
    decide_draft(actor=checker, draft=draft(aleppo, 12), decision=DraftDecision.KEPT)
    (claim,) = create_claims(actor=checker, article=aleppo)
    stubs = claim.evidence.order_by("position")
    assert [(e.paragraph, e.footnote, e.document.address) for e in stubs] == [
        ("4", "8", None),
        ("4", "9", None),
    ]
    assert {e.stance for e in stubs} == {Stance.SUPPORTS}
    assert not Snapshot.objects.exists()


def test_effect_and_cause_share_the_document_of_their_note(
    checker: User, aleppo: ArticleImport
) -> None:
    keep_all(actor=checker, article=aleppo)
    claims = create_claims(actor=checker, article=aleppo)
    assert len(claims) == 18
    tenth = aleppo.footnotes.get(marker="10").document
    assert Evidence.objects.filter(document=tenth).count() == 2
    assert missing_addresses().count() == 10


def test_stubs_with_an_address_ask_for_an_archived_copy(checker: User) -> None:
    text = "A title\n\nThe army captured Oved [1].\n\n[1] http://b.example/oved"
    article = import_article(actor=checker, text=text)
    keep_all(actor=checker, article=article)
    (claim,) = create_claims(actor=checker, article=article)
    assert claim.evidence.get().document.snapshots.count() == 1


def test_two_notes_to_one_page_are_one_item(checker: User) -> None:
    text = "A title\n\nThe army captured Oved [1][2].\n\n[1] http://b.example/o\n"
    text += "[2] http://b.example/o"
    article = import_article(actor=checker, text=text)
    keep_all(actor=checker, article=article)
    (claim,) = create_claims(actor=checker, article=article)
    assert claim.evidence.get().footnote == "1, 2"


def test_claims_take_their_days_from_the_sentence_and_the_confirmed_year(
    checker: User, aleppo: ArticleImport
) -> None:
    confirm_year(actor=checker, article=aleppo, year=2016)
    for position in (2, 9, 11):
        decide_draft(actor=checker, draft=draft(aleppo, position), decision=DraftDecision.KEPT)
    dated, undated, pictured = create_claims(actor=checker, article=aleppo)
    assert dated.time_from.date().isoformat() == "2016-11-03"
    assert undated.time_from is None
    assert pictured.time_from.date().isoformat() == "2016-11-11"
    assert pictured.time_to.isoformat() == "2016-11-11T23:59:00+00:00"
    assert not pictured.time_inferred


def test_a_draft_that_is_a_claim_is_no_longer_decided_on(
    checker: User, aleppo: ArticleImport
) -> None:
    keep_all(actor=checker, article=aleppo)
    create_claims(actor=checker, article=aleppo)
    with pytest.raises(Conflict):
        decide_draft(actor=checker, draft=draft(aleppo, 1), decision=DraftDecision.DROPPED)
    with pytest.raises(Conflict):
        edit_draft(actor=checker, draft=draft(aleppo, 1), sentence="Another sentence here")


def test_strangers_decide_nothing(contributor: User, aleppo: ArticleImport) -> None:
    row = draft(aleppo, 1)
    attempts = [
        lambda: decide_draft(actor=contributor, draft=row, decision=DraftDecision.KEPT),
        lambda: edit_draft(actor=contributor, draft=row, sentence="Another sentence here"),
        lambda: split_draft(actor=contributor, draft=row, sentences=["One sentence", "Two of it"]),
        lambda: join_drafts(actor=contributor, draft=draft(aleppo, 2)),
        lambda: keep_all(actor=contributor, article=aleppo),
        lambda: add_draft(actor=contributor, article=aleppo, quote="government forces"),
        lambda: create_claims(actor=contributor, article=aleppo),
        lambda: confirm_year(actor=contributor, article=aleppo, year=2016),
    ]
    before = AuditEvent.objects.count()
    for attempt in attempts:
        with pytest.raises(NotAllowed):
            attempt()
    assert AuditEvent.objects.count() == before


# The command


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("import_article", *arguments, stdout=out)
    return out.getvalue()


def test_command_prints_the_eighteen_claims_and_imports_once(db: None) -> None:
    path = str(ARTICLES / "aleppo.txt")
    printed = json.loads(run(path, "--json"))
    assert len(printed["claims"]) == 18
    assert [note["marker"] for note in printed["footnotes"]] == list(range(1, 11))
    assert json.loads(run(path, "--json")) == printed
    assert ArticleImport.objects.get().drafts.count() == 18


def test_dry_run_stores_nothing(db: None) -> None:
    printed = run(str(ARTICLES / "aleppo.txt"), "--dry-run")
    assert "18 claims proposed · 10 footnotes, 0 with an address" in printed
    assert f"12 ¶4 fn 8, 9 {RECAPTURED}" in printed
    assert not ArticleImport.objects.exists()
    assert not Document.objects.exists()


def test_command_takes_the_day_of_publication(db: None, tmp_path: Path) -> None:
    path = tmp_path / "short.txt"
    path.write_text("A title\n\nThe bridge at Oved was closed on 3 December.")
    printed = json.loads(run(str(path), "--json", "--dry-run", "--published", "2017-01-09"))
    assert printed["year"] == {"stated": [], "inferred": 2016}


def test_command_says_what_it_cannot_read(db: None, tmp_path: Path) -> None:
    long = tmp_path / "long.txt"
    long.write_text("word " * 50_000)
    with pytest.raises(CommandError, match="200 kB"):
        run(str(long))
    with pytest.raises(CommandError, match="cannot be read"):
        run(str(tmp_path / "absent.txt"))
