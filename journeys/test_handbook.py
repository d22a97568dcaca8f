"""Pictures for the handbook that no journey passes by: what each post sees first, and the settings."""

import pytest
from playwright.sync_api import Page, expect

from journeys.test_roster_to_report import Picture, SignIn

pytestmark = pytest.mark.journey

WIDE_VIEWS = (  # who, address, picture
    ("lin", "/members/", "members-wide"),
    ("lin", "/accounts/delegations/", "delegations-wide"),
    ("lin", "/search/?q=wjg", "search-wide"),
    ("he", "/dues/", "cashier-month-wide"),
    ("sun", "/tasks/", "todo-wide"),
    ("sun", "/organisations/", "tree-wide"),
    ("sun", "/organisations/3/", "organisation-wide"),
    ("sun", "/dues/collection/", "collection-college-wide"),
    ("sysadmin", "/accounts/", "accounts-wide"),
    ("secadmin", "/accounts/posts/", "grants-wide"),
)
PHONE_VIEWS = (
    ("wu", "/notices/", "messages-phone"),
    ("wu", "/notices/settings/", "notice-settings-phone"),
    ("wu", "/members/mine/correction/", "correction-phone"),
)


@pytest.mark.parametrize(("who", "address", "name"), WIDE_VIEWS)
def test_views_on_a_pc(who: str, address: str, name: str, wide: Page, sign_in: SignIn, picture: Picture) -> None:
    sign_in(wide, who)
    answer = wide.goto(address)
    assert answer is not None
    assert answer.ok
    picture(wide, name, full=False)


@pytest.mark.parametrize(("who", "address", "name"), PHONE_VIEWS)
def test_views_on_a_phone(who: str, address: str, name: str, phone: Page, sign_in: SignIn, picture: Picture) -> None:
    sign_in(phone, who)
    answer = phone.goto(address)
    assert answer is not None
    assert answer.ok
    picture(phone, name, full=False)


def test_large_type_on_a_phone(phone: Page, sign_in: SignIn, picture: Picture) -> None:
    sign_in(phone, "wu")
    phone.locator("summary", has_text="").first.click()
    phone.get_by_role("button", name="长辈版").first.click()
    expect(phone.locator("html.elder")).to_have_count(1)
    picture(phone, "large-type-phone", full=False)
