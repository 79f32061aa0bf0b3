"""The whole main job in a browser: an article, its claims, evidence, two people, a public page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from audit.selectors import chain_faults
from claims.vocabulary import Status
from demo import cast, story
from demo.server import DemoWeb
from tests.journeys.conftest import add_people
from tests.journeys.desk_hands import Desk, fill, tick
from tests.journeys.kept_rows import forget_everything
from tests.journeys.watched_tab import Tabs
from verification.conditions import ReasonCode
from verification.forms.evidence import CREDIBILITY
from verification.models import StatusEvent

pytestmark = pytest.mark.journey

FILINGS = {filing.key: filing for filing in cast.FILINGS}
POST, PHOTO, DENIAL, ADMISSION = 1, 2, 3, 4
CHECKER = "Rana Haddad"
SCRIPTS = "script:not([type='application/ld+json'])"


@pytest.fixture
def people(db: None) -> tuple[User, User]:
    """Two people and the invented world, before anything is claimed."""
    forget_everything()
    checker, editor = add_people()
    story.set_the_stage(checker, editor)
    return checker, editor


def address(web: DemoWeb, key: str) -> str:
    return f"{web.base_url}{FILINGS[key].path}"


@pytest.mark.parametrize(("script", "width"), [(True, 1280), (False, 390)], ids=["script", "plain"])
def test_from_an_article_to_a_public_page_and_back_under_the_bar(
    tabs: Tabs, web: DemoWeb, people: tuple[User, User], script: bool, width: int
) -> None:
    desk = Desk(tabs.open(script=script, width=width, refusals=[409, 422]))
    desk.sign_in(people[0].email)
    desk.import_article(story.ARTICLE.read_text(encoding="utf-8"), proposals=18)
    desk.open_claim(cast.CLAIM.sentence)
    contest(desk, web)
    settle(desk, web)
    nobody_approves_what_they_propose(desk)
    desk.sign_out()
    desk.sign_in(people[1].email)
    approve(desk)
    everybody_reads(tabs.open(width=width))
    the_photographs_fall(desk)
    assert list(chain_faults()) == []


def contest(desk: Desk, web: DemoWeb) -> None:
    """The first evening: what each side said, and a status that says that they disagree."""
    desk.describe_claim(Favours="Government and allies", Where=cast.CLAIM.place)
    desk.locate(POST, address(web, "channel_post"))
    judge(desk, POST, "channel_post")
    assert desk.add_source(address(web, "operations_room"), "Contradicts") == DENIAL
    judge(desk, DENIAL, "operations_room")
    form = desk.choose_status("Contested")
    fill(form, "Kind of reason", ReasonCode.NEW_CONTRADICTING_EVIDENCE.label)
    fill(form, "Reason for the change", cast.CLAIM.contested_reason)
    desk.send_status(form)
    desk.said("Status: Contested.")


def judge(desk: Desk, number: int, key: str) -> None:
    filing = FILINGS[key]
    desk.judge(
        number,
        filing.stance.label,
        How_close_it_is=filing.directness.label,
        Credibility_of_what_it_says=dict(CREDIBILITY)[str(filing.credibility)],
        The_words_or_the_picture=filing.quote,
        Our_translation=filing.translation,
        Language_of_the_quote=filing.language,
        Why_it_bears_on_the_claim=filing.note,
    )


def settle(desk: Desk, web: DemoWeb) -> None:
    """The next day: pictures, an admission, an answer to the denial, and a proposal."""
    desk.locate(PHOTO, address(web, "photo_page"))
    judge(desk, PHOTO, "photo_page")
    assert desk.add_source(address(web, "local_admission"), "Supports") == ADMISSION
    judge(desk, ADMISSION, "local_admission")
    form = propose(desk)
    refusal = form.locator(".errors")
    expect(refusal).to_contain_text("Every contradicting item is resolved")
    expect(form.get_by_label("Reason for the change")).to_have_value(cast.CLAIM.confirmed_reason)
    expect(form.get_by_label("What would change this")).to_have_value(cast.CLAIM.would_change_it)
    expect(form.get_by_role("checkbox", checked=True)).to_have_count(2)
    desk.page.get_by_role("main").get_by_role("link", name="Claim 12").click()
    desk.check_picture(PHOTO, FILINGS["photo_page"].visual_check)
    desk.answer(DENIAL, cast.RESOLUTION.kind.label, cast.RESOLUTION.text)
    propose(desk)
    desk.said("Sent for approval: Confirmed.")


def propose(desk: Desk) -> Locator:
    """Write the whole proposal and send it; the checks stand beside it all the time."""
    form = desk.choose_status("Confirmed")
    expect(desk.page.locator("#checks")).to_contain_text("Two or more independent origins")
    fill(form, "Finding", cast.CLAIM.finding)
    fill(form, "Kind of reason", ReasonCode.CONCLUSIVE_VISUAL_EVIDENCE.label)
    fill(form, "Reason for the change", cast.CLAIM.confirmed_reason)
    fill(form, "What would change this", cast.CLAIM.would_change_it)
    tick(form, PHOTO, ADMISSION)
    desk.send_status(form)
    return form


def nobody_approves_what_they_propose(desk: Desk) -> None:
    desk.open_list("Review")
    expect(desk.page.get_by_text("You proposed this, so someone else approves it.")).to_be_visible()
    expect(desk.page.get_by_role("button", name="Approve and publish")).to_have_count(0)


def approve(desk: Desk) -> None:
    desk.open_list("Review")
    card = desk.page.get_by_role("article")
    expect(card).to_contain_text(f"{CHECKER} proposes")
    card.get_by_role("button", name="Approve and publish").click()
    expect(desk.page.get_by_text("Published: claim 12 is now Confirmed.")).to_be_visible()


def everybody_reads(page: Page) -> None:
    """The public page, its archived copies, and how it stood before the approval."""
    page.goto("/c/12")
    expect(page.locator(".verdict .word")).to_have_text("Confirmed")
    expect(page.locator(".verdict .finding")).to_have_text(cast.CLAIM.finding)
    expect(page.locator(".log li").first).to_contain_text(
        "Proposed by a fact-checker, approved by an editor."
    )
    expect(page.locator(".ledger > li")).to_have_count(4)
    expect(page.locator(".ledger .archive a")).to_have_count(4)
    is_clean(page)
    shown = page.url
    page.locator(f"#e{ADMISSION} .archive a").click()
    expect(page.get_by_text(FILINGS["local_admission"].quote).first).to_be_visible()
    is_clean(page)
    approved = StatusEvent.objects.get(claim__number=12, to_status=Status.CONFIRMED).at
    before = (approved - timedelta(milliseconds=1)).isoformat().replace("+00:00", "Z")
    page.goto(f"{shown}?as_of={before}")
    expect(page.locator(".verdict .word")).to_have_text("Contested")
    expect(page.get_by_role("link", name="The current page says Confirmed")).to_be_visible()
    is_clean(page)


def is_clean(page: Page) -> None:
    """No script, no cookie."""
    assert page.locator(SCRIPTS).count() == 0
    assert page.context.cookies() == []


def the_photographs_fall(desk: Desk) -> None:
    """Without them the score falls under the bar of a status that it does not change."""
    desk.page.goto("/desk/c/12")
    before = desk.score()
    desk.withdraw(PHOTO, "The photographer took both pictures back.")
    expect(desk.page.locator("#score")).to_contain_text("Confirmed usually has 90 or more")
    assert desk.score() < 90 <= before
    expect(desk.page.locator("#head")).to_contain_text("Confirmed")
