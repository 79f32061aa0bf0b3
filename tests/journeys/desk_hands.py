"""What a person does at the desk, by the words that the pages show; with script or without."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.factories import PASSWORD


@dataclass(frozen=True)
class Desk:
    """A person at the desk. Every act waits until the page has said what came of it."""

    page: Page

    def sign_in(self, email: str) -> None:
        self.page.goto("/desk/")
        self.page.get_by_label("E-mail address").fill(email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text("My work")

    def sign_out(self) -> None:
        self.page.locator("details.account summary").click()
        self.page.get_by_role("button", name="Sign out").click()
        expect(self.page.get_by_role("link", name="Sign in")).to_be_visible()

    def said(self, text: str) -> None:
        expect(self.page.locator("#messages")).to_contain_text(text)

    def import_article(self, text: str, proposals: int) -> None:
        """Paste an article, keep all of its PROPOSALS, one of them by hand, and make claims."""
        self.page.goto("/desk/import")
        self.page.get_by_label("The article").fill(text)
        self.page.get_by_role("button", name="Read the article").click()
        expect(self.page.locator(".draft")).to_have_count(proposals)
        first = self.page.locator(".draft").first
        first.get_by_role("button", name="Keep").click()
        expect(first.locator(".decision")).to_have_text("kept")
        self.page.get_by_role("button", name=f"Keep the {proposals - 1} undecided").click()
        self.said(f"Kept {proposals - 1}.")
        self.page.get_by_role("button", name=f"Create {proposals} claims").click()
        self.said(f"Created {proposals} claims.")

    def open_claim(self, sentence: str) -> None:
        self.page.goto("/desk/")
        self.page.get_by_role("link", name=sentence, exact=True).first.click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(sentence)

    def describe_claim(self, **fields: str) -> None:
        form = self.page.locator("#claim")
        for label, value in fields.items():
            fill(form, label.replace("_", " "), value)
        form.get_by_role("button", name="Save the claim").click()
        self.said("Saved the claim.")

    def add_source(self, address: str, stance: str) -> int:
        """Quick add; gives the number of the new item."""
        quick = self.page.locator("#quick")
        quick.get_by_label("Add a source by its address").fill(address)
        quick.locator("label", has_text=stance).click()
        quick.get_by_role("button", name="Add").click()
        self.said("We are archiving it.")
        said = self.page.locator("#messages").inner_text()
        return int(re.search(r"Added \[(\d+)\]", said)[1])

    def item(self, number: int) -> Locator:
        return self.page.locator(f"#e{number}")

    def opened_item(self, number: int) -> Locator:
        item = self.item(number)
        expect(item).to_be_visible()
        if item.locator(".full").count() == 0:
            item.get_by_role("link", name=re.compile(r"^(Edit|Look)")).click()
        expect(item.locator(".full")).to_be_visible()
        return item

    def locate(self, number: int, address: str) -> None:
        item = self.opened_item(number)
        item.get_by_label("Address missing. Paste one").fill(address)
        item.get_by_role("button", name="Find it there").click()
        expect(self.item(number)).to_contain_text("Archived")

    def judge(self, number: int, stance: str, **fields: str) -> None:
        item = self.opened_item(number)
        item.locator(".judging label", has_text=stance).click()
        for label, value in fields.items():
            fill(item, label.replace("_", " "), value)
        item.get_by_role("button", name=f"Save [{number}]").click()
        self.said(f"Saved [{number}].")

    def unfold(self, number: int, summary: str, button: str, **fields: str) -> None:
        """Open one of the forms below an item, fill it and send it."""
        item = self.opened_item(number)
        part = item.locator("details", has=self.page.get_by_text(summary))
        part.locator("summary").click()
        for label, value in fields.items():
            fill(part, label.replace("_", " "), value)
        part.get_by_role("button", name=button).click()
        expect(self.item(number).locator(".full")).to_have_count(0)

    def check_picture(self, number: int, how: str) -> None:
        self.unfold(number, "Place and date were checked", "Mark it checked", How=how)

    def answer(self, number: int, what: str, text: str) -> None:
        self.unfold(number, "Answer it", f"Answer [{number}]", What_became_of_it=what, The=text)

    def withdraw(self, number: int, why: str) -> None:
        self.unfold(number, "Withdraw it", f"Withdraw [{number}]", Why_it_is_withdrawn=why)

    def open_list(self, name: str) -> None:
        self.page.get_by_role("navigation", name="Desk").get_by_role("link", name=name).click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(name)

    def score(self) -> int:
        """The number of the score beside the work."""
        return int(self.page.locator("#score .big b").inner_text())

    def send_status(self, form: Locator) -> None:
        form.locator("button.main").click()

    def choose_status(self, label: str) -> Locator:
        """From the claim's editor to the form of a status."""
        self.page.locator("#propose label", has_text=label).click()
        self.page.locator("#propose").get_by_role("button", name="Propose a status").click()
        form = self.page.locator("#status-form")
        expect(form).to_be_visible()
        return form


def tick(form: Locator, *numbers: int) -> None:
    """Pick the items that decided it."""
    for number in numbers:
        form.locator("label", has_text=f"[{number}]").get_by_role("checkbox").check()


def fill(form: Locator, label: str, value: str) -> None:
    """Write VALUE into the box named LABEL, or choose it where there are choices."""
    box = form.get_by_label(re.compile(f"^{re.escape(label)}")).first
    if box.evaluate("box => box.tagName") == "SELECT":
        box.select_option(label=value)
    else:
        box.fill(value)
