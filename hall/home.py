"""The hall's home: the folder with its database, files and keys (HALL_HOME, by default `var/`).

Run as `python -m hall.home` it makes what is missing and changes nothing that is there. It needs no Django,
because settings refuse to load without the keys.
"""

import os
import secrets
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
KEYS = {"django": 50, "fields-1": 32, "index": 32}  # name → length in bytes
SIGNING_KEY = "signing-1"  # SM2: 32 bytes private, then 64 bytes public (x ‖ y)


def folder() -> Path:
    return Path(os.environ.get("HALL_HOME") or BASE / "var").resolve()


def key(name: str) -> bytes:
    """The key's bytes. FileNotFoundError if this home was never prepared: the hall never starts without its keys."""
    return (folder() / "keys" / name).read_bytes()


def prepare() -> Path:
    """Make the home: its folders, and each key that is missing. Readable by the owner alone. Safe to run again."""
    home = folder()
    for name in ("keys", "files", "static", "fonts"):
        (home / name).mkdir(parents=True, exist_ok=True)
    (home / "incoming").mkdir(exist_ok=True)
    for name in ("keys", "files", "incoming"):
        (home / name).chmod(0o700)
    for name, length in KEYS.items():
        write_once(home / "keys" / name, secrets.token_bytes(length))
    if not (home / "keys" / SIGNING_KEY).exists():
        write_once(home / "keys" / SIGNING_KEY, signing_pair())
    return home


def signing_pair() -> bytes:
    """A fresh SM2 pair as the key file holds it."""
    from gmssl_pyx import sm2_key_generate

    public, private = sm2_key_generate()
    return private + public


def demo_password() -> str:
    """The one password of the demo college, made once per home and shown on its sign-in page."""
    path = folder() / "keys" / "demo-password"
    write_once(path, f"dangwu-{secrets.token_hex(4)}".encode())
    return path.read_text()


def write_once(path: Path, content: bytes) -> None:
    """Write a secret file, unless it is there. Never overwrites: a lost key is lost data."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "wb") as file:
        file.write(content)


if __name__ == "__main__":
    prepare()
