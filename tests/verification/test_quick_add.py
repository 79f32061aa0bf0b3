from __future__ import annotations

import pytest
from desk_pages import HTMX, contested_claim, get, send
from django.test import Client

from accounts.models import User
from audit.models import AuditEvent
from claims.models import Claim, Evidence
from claims.services.links import file_links
from claims.vocabulary import Stance
from core.errors import NotAllowed
from sources.models import Document, Snapshot
from sources.vocabulary import CaptureState
from tests.conftest import signed_in
from tests.factories import ClaimFactory
from verification.forms.quick_add import MOST_ADDRESSES

pytestmark = pytest.mark.django_db

PAGE = "https://press.example.org/withdrawal"
OTHER = "https://wire.example.org/photos"


@pytest.fixture
def claim(checker: User) -> Claim:
    return contested_claim(checker)


def where(claim: Claim) -> str:
    return f"/desk/c/{claim.number}/evidence"


def test_one_address_is_filed_archived_and_opened(checker_client: Client, claim: Claim) -> None:
    added = send(checker_client, where(claim), addresses=PAGE, stance="supports")
    assert added.status == 303
    assert added.location == f"/desk/c/{claim.number}?open=3#e3"
    item = claim.evidence.get(position=3)
    assert (item.document.address, item.stance) == (PAGE, Stance.SUPPORTS)
    assert item.document.snapshots.get().state == CaptureState.QUEUED
    page = get(checker_client, f"/desk/c/{claim.number}")
    assert "Added [3]." in page.part("messages")
    assert f"Waiting to archive {PAGE}" in page.part("captures")


def test_several_addresses_one_on_each_line(checker_client: Client, claim: Claim) -> None:
    added = send(
        checker_client,
        where(claim),
        addresses=f"{PAGE}\r\n\r\n  {OTHER} \r\n{PAGE}",
        stance="contradicts",
    )
    assert added.location == f"/desk/c/{claim.number}#e3"
    filed = claim.evidence.filter(position__gte=3).order_by("position")
    assert [item.document.address for item in filed] == [PAGE, OTHER]


@pytest.mark.parametrize("htmx", ["", "quick"])
def test_what_is_refused_is_listed_and_the_good_ones_are_kept(
    checker_client: Client, claim: Claim, htmx: str
) -> None:
    send(checker_client, where(claim), addresses=OTHER, stance="supports")
    added = send(
        checker_client,
        where(claim),
        htmx=htmx,
        addresses=f"{PAGE}\nftp://old.example.org/x\n{OTHER}",
        stance="supports",
    )
    assert added.status == 422
    assert "ftp://old.example.org/x: Only addresses with http:// or https://" in added.alert
    assert f"{OTHER}: Already here as [3]." in added.alert
    assert f"/desk/c/{claim.number}?open=3#e3" in added.tree.xpath("//*[@role='alert']//a/@href")
    (left,) = added.all("//*[@id='quick']//textarea")
    assert left == f"ftp://old.example.org/x {OTHER}"
    assert claim.evidence.get(position=4).document.address == PAGE
    assert "Added [4]." in added.part("messages" if not htmx else "messages-in")


def test_with_htmx_new_rows_are_appended_and_the_form_is_empty(
    checker_client: Client, claim: Claim
) -> None:
    added = send(checker_client, where(claim), htmx="quick", addresses=PAGE, stance="supports")
    assert added.status == 200
    assert not added.is_whole
    assert added.tree.xpath("//*[@hx-swap-oob='beforeend:#ledger']//li/@id") == ["e3"]
    assert added.all("//*[@id='quick']//textarea") == [""]
    assert added.tree.get_element_by_id("captures").get("hx-trigger") == "every 2s"


def test_the_first_row_takes_the_place_of_the_empty_state(checker_client: Client) -> None:
    empty = ClaimFactory.create()
    added = send(checker_client, where(empty), htmx="quick", addresses=PAGE, stance="supports")
    assert added.tree.xpath("//*[@hx-swap-oob='delete:#no-evidence']")


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"stance": "supports"}, "Enter a web address that starts with https://"),
        ({"addresses": PAGE}, "Say what it does to the claim"),
        ({"addresses": PAGE, "stance": "maybe"}, "not one of the available choices"),
        (
            {
                "addresses": "\n".join(f"{PAGE}/{n}" for n in range(MOST_ADDRESSES + 1)),
                "stance": "supports",
            },
            f"Add at most {MOST_ADDRESSES} at once",
        ),
        ({"addresses": f"{PAGE}/{'x' * 9000}", "stance": "supports"}, "too long to be an address"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_filed(
    checker_client: Client, claim: Claim, sent: dict[str, str], words: str
) -> None:
    added = send(checker_client, where(claim), **sent)
    assert added.status == 422
    assert added.title.startswith("Error: ")
    assert words in added.alert
    assert claim.evidence.count() == 2


def test_an_auditor_files_nothing(auditor: User, claim: Claim) -> None:
    sent = {"addresses": PAGE, "stance": "supports"}
    assert signed_in(auditor).post(where(claim), sent).status_code == 403
    with pytest.raises(NotAllowed):
        file_links(actor=auditor, claim=claim, addresses=[PAGE], stance="supports")
    assert not Document.objects.filter(address=PAGE).exists()


# --- From any page: the small window of the bookmarklet


def test_the_window_shows_what_the_bookmarklet_knows(checker_client: Client, claim: Claim) -> None:
    page = get(
        checker_client,
        f"/desk/add?url={PAGE}&title=Withdrawal&sel=The+factions+withdrew&claim={claim.number}",
    )
    assert page.status == 200
    assert page.all("//textarea[@name='addresses']") == [PAGE]
    assert page.all("//textarea[@name='quote']") == ["The factions withdrew"]
    assert page.tree.xpath("//input[@name='claim']/@value") == [str(claim.number)]
    assert "Withdrawal" in page.text
    assert claim.sentence in page.all("//datalist/option")
    (link,) = page.tree.xpath("//a[starts-with(@href, 'javascript:')]/@href")
    assert "/desk/add?" in link


def test_opening_the_window_writes_nothing(checker_client: Client, claim: Claim) -> None:
    def rows() -> tuple[int, ...]:
        counted = (Document, Evidence, Snapshot, AuditEvent)
        return tuple(model.objects.count() for model in counted)

    before = rows()
    get(checker_client, f"/desk/add?url={PAGE}&sel=words&claim={claim.number}&stance=supports")
    assert rows() == before
    send(checker_client, "/desk/add", addresses=PAGE, stance="supports", claim=claim.number)
    assert rows() != before


def test_filing_from_the_window_keeps_the_words_and_shows_the_capture(
    checker_client: Client, claim: Claim
) -> None:
    filed = send(
        checker_client,
        "/desk/add",
        addresses=PAGE,
        stance="supports",
        claim=claim.number,
        quote="The factions withdrew",
    )
    assert filed.status == 303
    assert claim.evidence.get(position=3).quote == "The factions withdrew"
    page = get(checker_client, filed.location)
    assert f"Waiting to archive {PAGE}" in page.part("filed")
    window = page.tree.get_element_by_id("filed")
    assert window.get("hx-trigger") == "every 2s"
    again = str(window.get("hx-get"))
    assert checker_client.get(again, headers=HTMX).status_code == 204
    Snapshot.objects.filter(state=CaptureState.QUEUED).update(
        state=CaptureState.FAILED, error="dns_not_found"
    )
    news = get(checker_client, again, **HTMX)
    assert not news.is_whole
    assert "There is no site of this name." in news.part("filed")


@pytest.mark.parametrize("number", ["", "0", "9" * 9, "x"])
def test_the_window_asks_for_a_claim_that_there_is(
    checker_client: Client, claim: Claim, number: str
) -> None:
    page = send(checker_client, "/desk/add", addresses=PAGE, stance="supports", claim=number)
    assert page.status == 422
    assert PAGE in page.markup
    assert not Document.objects.filter(address=PAGE).exists()


def test_the_window_says_what_was_refused(checker_client: Client, claim: Claim) -> None:
    sent = {"addresses": "ftp://x.example.org/", "stance": "supports", "claim": claim.number}
    page = send(checker_client, "/desk/add", **sent)
    assert page.status == 422
    assert "ftp://x.example.org/" in page.alert


@pytest.mark.parametrize("query", ["?claim=x&filed=1", "?claim=1&filed=", "?claim=999999"])
def test_the_window_without_anything_filed_is_only_a_form(
    checker_client: Client, claim: Claim, query: str
) -> None:
    page = get(checker_client, f"/desk/add{query}")
    assert page.status == 200
    assert not page.tree.xpath("//*[@id='filed']")


def test_the_window_of_an_auditor_has_no_form(auditor: User) -> None:
    page = get(signed_in(auditor), "/desk/add")
    assert page.status == 200
    assert not page.tree.xpath("//main//form[@method='post']")
    assert signed_in(auditor).post("/desk/add", {}).status_code == 403
