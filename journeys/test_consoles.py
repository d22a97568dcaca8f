"""Page 24 as the three administrators see it, on a PC and on a phone."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from journeys.conftest import Hall, enter

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("size", ["wide", "phone"])
@pytest.mark.parametrize("who", ["sysadmin", "secadmin", "audadmin"])
def test_each_administrator_finds_their_console(
    request: pytest.FixtureRequest, hall: Hall, picture: Callable[..., Path], who: str, size: str
) -> None:
    page: Page = request.getfixturevalue(size)
    enter(page, who, hall.password)
    page.goto("/accounts/administration/")
    expect(page.get_by_role("heading", name="定时任务")).to_have_count(1 if who == "sysadmin" else 0)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture(page, f"console-{who}-{size}")
    if who == "secadmin":
        page.goto("/accounts/administration/matrix/")
        picture(page, f"matrix-{size}")
