"""What the hall refuses to start with (T26): each way of running it unsafely, in one sentence that says what to do."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import SplitResult

WELL_KNOWN = ("", "postgres", "password", "hall", "admin", "123456", "changeme", "secret")
HERE = ("127.0.0.1", "localhost", "::1", "", None)


def of_the_keys(home: Path, secret: bytes) -> Iterator[str]:
    """Keys that others can read or guess. Asked of every home, whatever its address."""
    if len(secret) < 32 or len(set(secret)) < 10:
        yield "The key “django” is too short or made up by hand; delete the file and run `python -m hall.home`."
    for path in [home / "keys", *sorted((home / "keys").iterdir())]:
        if path.stat().st_mode & 0o077:
            yield f"Others can read {path.name} among the keys; run chmod -R go= {home / 'keys'}."
            return


def of_the_address(address: SplitResult) -> Iterator[str]:
    """An address that is none, holds a password, or stands for several."""
    if address.scheme not in ("http", "https") or not address.hostname or "*" in address.netloc:
        yield "HALL_URL is no address; write one like https://dangwu.example.edu.cn."
    elif address.username or address.password:
        yield "HALL_URL holds a name or password; write the bare address."


def in_public(address: SplitResult, *, demo: bool, factor: str) -> Iterator[str]:
    """What may be on one's own machine and not where others come."""
    if address.scheme != "https":
        yield "HALL_URL is no https address: passwords would travel in clear."
    if demo:
        yield "HALL_DEMO shows the sign-in names to everybody: only for an address of this machine."
    if factor == "off" and not demo:
        yield "HALL_SECOND_FACTOR is off: administrators would sign in by password alone."


def of_the_home(home: Path) -> Iterator[str]:
    """Files of people that others on the machine can read, or a home they can write."""
    if home.stat().st_mode & 0o002:
        yield f"Everybody can write into the home {home}; run chmod o-w on it."
    for name in ("files", "hall.sqlite3", "mail", "backups"):
        path = home / name
        if path.exists() and path.stat().st_mode & 0o007:
            yield f"Everybody on this machine can read {path}; run chmod -R o= {path}."


def of_the_services(database: SplitResult, mail: SplitResult) -> Iterator[str]:
    """A database open to guesses, or mail that sends its password in clear."""
    if database.scheme and database.username == "postgres":
        yield "HALL_DATABASE_URL signs in as postgres, who may do everything; use the role of the application."
    guessed = (database.password or "") in (*WELL_KNOWN, database.username)
    if database.scheme and database.hostname not in HERE and guessed:
        yield "HALL_DATABASE_URL has no password, or one that anybody guesses."
    if mail.hostname not in HERE and mail.scheme != "smtps" and mail.password:
        yield "HALL_MAIL_URL would send the password of the mail box in clear; write smtps://."
