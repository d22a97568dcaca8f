"""C06: a session that ends in the middle of a long text costs its writer nothing, and shows nobody else a word."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from journeys.conftest import Hall, enter

pytestmark = pytest.mark.journey

PAGE = "/members/mine/correction/"
TEXT = "户口本上的出生日期与入党志愿书不一致，" * 5


def end_sessions(hall: Hall) -> None:
    """Half an hour without a click, for everybody."""
    said = hall.run(
        ".venv/bin/python", "manage.py", "shell", "-c",
        "from hall.accounts.models import Session\nfrom hall.accounts.sessions import SessionStore\n"
        "for row in Session.objects.filter(account_id__isnull=False):\n"
        "    kept = SessionStore(row.pk); kept['seen'] -= 3600; kept.save()",
    )  # fmt: skip
    assert said.returncode == 0, said.stderr


def written(page: Page) -> str:
    """What lies on the device, all of it."""
    return page.evaluate("JSON.stringify(localStorage)")


def text_of(page: Page) -> str:
    return page.locator("form[data-draft] [name=why]").input_value()


@pytest.mark.parametrize("sent", [True, False], ids=["sent too late", "left lying"])
def test_a_long_text_survives_the_end_of_the_session_for_its_writer_alone(
    wide: Page, hall: Hall, picture: Callable[..., Path], sent: bool
) -> None:
    page = wide
    enter(page, "wu", hall.password)
    page.goto(PAGE)
    page.locator("[name=why]").fill(TEXT)
    expect(page.locator(".draft-note")).to_contain_text("草稿", timeout=20_000)
    assert TEXT[:9] not in written(page)
    assert "draft:" in written(page)
    assert PAGE not in written(page)
    end_sessions(hall)
    if sent:
        page.locator("form[data-draft] button.btn-primary").click()
        page.wait_for_url("**/accounts/sign-in/?next=*")
    enter(page, "qian", hall.password)
    page.goto(PAGE)
    assert text_of(page) == ""
    assert TEXT[:9] not in page.content()
    assert TEXT[:9] not in written(page)
    enter(page, "wu", hall.password)
    page.goto(PAGE)
    expect(page.locator(".draft-note")).to_contain_text("草稿", timeout=20_000)
    assert text_of(page) == TEXT
    picture(page, "draft-back", full=False)
    page.get_by_role("button", name="不要草稿").click()
    assert text_of(page) == ""
    assert "draft:" not in written(page)


def test_what_the_hall_has_taken_is_forgotten_and_what_it_refused_is_not(wide: Page, hall: Hall) -> None:
    page = wide
    enter(page, "chen", hall.password)
    page.goto(PAGE)
    page.locator("[name=why]").fill(TEXT)
    page.locator("form[data-draft] button.btn-primary").click()
    expect(page.locator(".summary")).to_be_visible()  # no value was given
    assert text_of(page) == TEXT
    assert "draft:" in written(page)
    page.locator("form[data-draft] [name=wanted]").fill("1980-01-01")
    page.locator("form[data-draft] [name=field]").select_option(index=1)
    page.locator("form[data-draft] button.btn-primary").click()
    page.wait_for_url(lambda address: PAGE not in address)
    page.goto(PAGE)
    expect(page.locator(".draft-note")).to_have_text("")
    assert text_of(page) == ""
    assert "draft:" not in written(page)


def test_signing_out_leaves_nothing_on_the_device(wide: Page, hall: Hall) -> None:
    page = wide
    enter(page, "wu", hall.password)
    page.goto(PAGE)
    page.locator("[name=why]").fill(TEXT)
    expect(page.locator(".draft-note")).to_contain_text("草稿", timeout=20_000)
    page.evaluate("document.querySelector('form[data-forget]').requestSubmit()")
    page.wait_for_url("**/sign-in/")
    assert "draft:" not in written(page)
