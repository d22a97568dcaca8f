"""Journeys walk through the real hall: bin/run in a home of its own, web server and worker, seen through Chromium.

All of them run in one process, in the order of their files, and share one hall: the pictures are then the same every
time. Whatever the browser complains about (a script error, a broken policy, a file that is missing) fails the test.
Pictures go to the handbook when HALL_PICTURES=1 (bin/screenshots), otherwise to the test's own folder.
"""

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "handbook" / "pictures"
WIDE = {"width": 1280, "height": 860}
PHONE = {"width": 360, "height": 740}
COLOURS = 128  # of a picture: flat colours lose nothing, and the file has a third of its size
TALLEST = 1500  # pixels a picture may be high; what hangs below is cut
CHROMIUM = [
    "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run", "--font-render-hinting=none",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hall:
    """A running hall: its address, its home, the demo's password."""

    url: str
    home: Path
    password: str

    def manage(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command of `manage.py` in this hall's home, as its administrator would type it."""
        return self.run(".venv/bin/python", "manage.py", *words)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        environment = {**_clean_environment(), "HALL_HOME": str(self.home), "HALL_URL": self.url}
        return subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    return {**browser_type_launch_args, "executable_path": shutil.which("chromium"), "args": CHROMIUM}


@pytest.fixture(scope="session")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """The demo college in its small size, brought up by bin/run as a newcomer would."""
    with brought_up(tmp_path_factory.mktemp("hall"), "127.0.0.1") as running:
        yield running


@contextmanager
def brought_up(home: Path, name: str, *words: str, port: int = 0, **more: str) -> Iterator[Hall]:
    """A hall of its own in this home, reached under this name of the machine, with more of the environment; ended with all it started."""
    port = port or free_port()
    log, url = (home / "run.log").open("wb"), f"http://{name}:{port}"
    run = subprocess.Popen(
        ["bin/run", *(words or ("--small",)), "--port", str(port)], cwd=ROOT, stdout=log, stderr=subprocess.STDOUT,
        env={**_clean_environment(), "HALL_HOME": str(home), "HALL_URL": url, **more}, start_new_session=True,
    )  # fmt: skip
    try:
        wait_until_up(f"http://127.0.0.1:{port}/healthz", run, home / "run.log")
        kept = home / "keys" / "demo-password"
        yield Hall(url, home, kept.read_text().strip() if kept.exists() else "")
    finally:
        _end(run)
        log.close()


def _end(run: subprocess.Popen) -> None:
    """End the hall and everything it started, the worker too."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(run.pid, how)
            run.wait(20)
            return
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


def _clean_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("HALL_", "DJANGO_", "PYTEST"))}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until_up(address: str, run: subprocess.Popen, log: Path, seconds: int = 180) -> None:
    for _tick in range(seconds * 4):
        if run.poll() is not None:
            break
        try:
            urllib.request.urlopen(address, timeout=1)
            return
        except OSError:
            time.sleep(0.25)
    raise AssertionError(f"the hall did not come up:\n{log.read_text()[-3000:]}")


@pytest.fixture
def open_page(browser: Browser, hall: Hall) -> Iterator[Callable[..., Page]]:
    """`open_page(viewport=PHONE, …)`: a browser window of its own; at the end nothing may have been complained about."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def make(**options) -> Page:
        context = browser.new_context(
            base_url=hall.url, locale="zh-CN", timezone_id="Asia/Shanghai", **{"viewport": WIDE, **options}
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        listen(page, complaints)
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


def listen(page: Page, complaints: list[str]) -> None:
    """Collect what the browser complains about. A page that answers 4xx on purpose is not a complaint, a missing file is."""

    def console(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            complaints.append(f"{page.url}: {message.text}")

    def answered(response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            complaints.append(f"{page.url}: {response.status} for {response.url}")

    page.on("console", console)
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
    page.on("response", answered)


@pytest.fixture
def wide(open_page: Callable[..., Page]) -> Page:
    """A PC."""
    return open_page()


@pytest.fixture
def phone(open_page: Callable[..., Page]) -> Page:
    """A phone, 360 px wide."""
    return open_page(viewport=PHONE, has_touch=True, is_mobile=True)


@pytest.fixture
def without_script(open_page: Callable[..., Page]) -> Page:
    return open_page(java_script_enabled=False)


@pytest.fixture
def sign_in(hall: Hall) -> Callable[[Page, str], None]:
    """`sign_in(page, "lin")`: through the sign-in page, as a person does."""

    return lambda page, name: enter(page, name, hall.password)


def enter(page: Page, name: str, password: str) -> None:
    page.context.clear_cookies(name="hall_session")
    page.goto("/accounts/sign-in/")
    page.get_by_label("账号").fill(name)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url(lambda address: urlsplit(address).path == "/")


@pytest.fixture
def picture(tmp_path: Path) -> Callable[..., Path]:
    """Take a picture of the page under a stable name; the handbook shows those names."""
    folder = PICTURES if os.environ.get("HALL_PICTURES") == "1" else tmp_path
    folder.mkdir(parents=True, exist_ok=True)

    def take(page: Page, name: str, *, full: bool = True) -> Path:
        path = folder / f"{name}.png"
        window = page.viewport_size or WIDE
        if full:  # a window as tall as the page, so that what clings to its foot stands at its foot
            page.set_viewport_size({**window, "height": page.evaluate("document.documentElement.scrollHeight")})
        _keep(page.screenshot(animations="disabled", caret="hide"), path)
        page.set_viewport_size(window)
        return path

    return take


def _keep(shot: bytes, path: Path) -> None:
    image = Image.open(BytesIO(shot)).convert("RGB")
    image = image.crop((0, 0, image.width, min(image.height, TALLEST)))
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
