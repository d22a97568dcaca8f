"""A passkey from registering to removing, with the authenticator Chromium brings along, in a hall reached by a name."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from journeys.conftest import PHONE, Hall, brought_up, enter, listen

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def named(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    with brought_up(tmp_path_factory.mktemp("named"), "localhost") as hall:
        yield hall


@pytest.fixture
def window(browser: Browser, named: Hall) -> Iterator[Callable[..., Page]]:
    """`window(phone=True)`: a browser window with an authenticator in it; at the end nothing was complained about."""
    complaints: list[str] = []
    contexts = []

    def make(phone: bool = False) -> Page:
        context = browser.new_context(base_url=named.url, locale="zh-CN", viewport=PHONE if phone else None)
        contexts.append(context)
        page = context.new_page()
        listen(page, complaints)
        device(page)
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


def device(page: Page) -> CDPSession:
    """A telephone that keeps passkeys and knows its holder."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }})  # fmt: skip
    return session


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_register_sign_in_and_prove_by_passkey(
    window: Callable[..., Page], named: Hall, picture: Callable[..., Path], phone: bool
) -> None:
    """C17: registered, the passkey signs in without a password, is the second step after one, and proves again."""
    page, who = window(phone), "he" if phone else "lin"
    enter(page, who, named.password)
    page.goto("/accounts/second-factor/")
    page.get_by_label("设备名称").fill("我的手机")
    page.get_by_role("button", name="登记通行密钥").click()
    expect(page.get_by_text("已登记通行密钥“我的手机”")).to_be_visible()
    picture(page, f"passkeys-{'phone' if phone else 'wide'}")
    page.context.clear_cookies()
    page.goto("/members/")
    picture(page, f"passkey-sign-in-{'phone' if phone else 'wide'}")
    page.get_by_role("button", name="用通行密钥登录").click()
    page.wait_for_url("**/members/")
    _prove(page, named)
    page.context.clear_cookies()
    page.goto("/accounts/sign-in/?next=/dues/mine/")
    page.get_by_label("账号").fill(who)
    page.get_by_label("密码").fill(named.password)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url("**/sign-in/code/**")
    picture(page, f"passkey-second-step-{'phone' if phone else 'wide'}")
    page.get_by_role("button", name="使用通行密钥").click()
    page.wait_for_url("**/dues/mine/")


def _prove(page: Page, named: Hall) -> None:
    """Long ago signed in: the dangerous page asks again, and a passkey is enough."""
    said = named.run(
        ".venv/bin/python", "manage.py", "shell", "-c",
        "from hall.accounts.models import Session\nfrom hall.accounts.sessions import SessionStore\n"
        "for row in Session.objects.filter(account_id__isnull=False):\n"
        "    kept = SessionStore(row.pk); kept['proved'] = 0; kept.save()",
    )  # fmt: skip
    assert said.returncode == 0, said.stderr
    page.goto("/accounts/password/")
    page.wait_for_url("**/accounts/proof/**")
    page.get_by_role("button", name="改用通行密钥").click()
    page.wait_for_url("**/accounts/password/")


def test_a_browser_without_the_key_says_what_else_to_do(window: Callable[..., Page], named: Hall) -> None:
    page = window()
    page.goto("/accounts/sign-in/")
    page.get_by_role("button", name="用通行密钥登录").click()
    expect(page.locator("[data-said]")).to_contain_text("没有完成通行密钥验证")


def test_without_script_the_page_offers_the_app_alone(browser: Browser, named: Hall) -> None:
    context = browser.new_context(base_url=named.url, java_script_enabled=False)
    page = context.new_page()
    enter(page, "wu", named.password)
    page.goto("/accounts/second-factor/")
    expect(page.get_by_role("button", name="登记通行密钥")).to_be_hidden()
    expect(page.get_by_text("未启用脚本")).to_be_visible()
    page.get_by_role("button", name="设置验证器应用").click()
    expect(page.get_by_role("img", name="验证器应用二维码")).to_be_visible()
    context.close()
