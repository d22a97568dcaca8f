"""Page 23 as the auditor and a stranger with a terminal use it: verify, take the log out, verify it without the hall."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from journeys.conftest import Hall

pytestmark = pytest.mark.journey
SignIn = Callable[[Page, str], None]
WHOLE = re.compile(r"连续 [\d,]+ 条，未发现改动")


def taken(page: Page, button: str, folder: Path) -> Path:
    with page.expect_download() as download:
        page.get_by_role("button", name=button, exact=True).or_(
            page.get_by_role("link", name=button, exact=True)
        ).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_the_auditor_verifies_and_a_stranger_does_so_elsewhere(
    wide: Page, phone: Page, sign_in: SignIn, picture: Callable, hall: Hall, tmp_path: Path
) -> None:
    """Rows 8 and 10: the page, and the three files of it on a machine without the hall."""
    sign_in(wide, "audadmin")
    wide.goto("/witness/")
    wide.get_by_role("button", name="立即核验").click()
    expect(wide.locator(".progress-box").first).to_be_visible()
    wide.goto("/")  # the page may be left
    wide.goto("/witness/")
    for _each in range(30):
        if not wide.locator(".progress-box").count():
            break
        wide.wait_for_timeout(2000)
        wide.goto("/witness/")
    expect(wide.get_by_text(WHOLE).first).to_be_visible()
    picture(wide, "ledger-wide")
    verifier, data = taken(wide, "核验程序", tmp_path), taken(wide, "账本", tmp_path)
    kept = taken(wide, "核对点", tmp_path)
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(verifier), str(data)], capture_output=True, text=True, cwd="/", check=False
    )
    assert (done.returncode, "账本完好" in done.stdout) == (0, True), done.stdout
    wide.locator("[name=file]").set_input_files(kept)
    wide.get_by_role("button", name="比对").click()
    expect(wide.get_by_text("现在的账本是该核对点的延续")).to_be_visible()
    wide.screenshot(path=tmp_path / "compared.png", full_page=True)
    sign_in(phone, "audadmin")
    phone.goto("/witness/")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    phone.screenshot(path=tmp_path / "phone.png", full_page=True)
    phone.get_by_role("table").get_by_role("link").first.click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("的核验")
    phone.screenshot(path=tmp_path / "verification.png", full_page=True)


def test_without_script_an_old_checkpoint_is_pasted_and_a_wrong_one_is_said(
    without_script: Page, sign_in: SignIn
) -> None:
    page = without_script
    sign_in(page, "audadmin")
    page.goto("/witness/")
    page.locator("[name=size]").fill("10")
    page.locator("[name=root]").fill("0123456789abcdef")
    page.get_by_role("button", name="比对").click()
    expect(page.get_by_text("此前的记录被改写")).to_be_visible()
    page.get_by_role("button", name="比对").click()
    expect(page.get_by_text("三者选一").first).to_be_visible()
