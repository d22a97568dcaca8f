"""The posts beside the manifests: every permission is held by some post, and duties that must be apart are apart."""

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register

from hall.accounts.watch import foreign_flags
from hall.accounts.words import Post, posts
from hall.core.checks import manifests, permissions_asked, to_do

BOOK = "hall/accounts/posts.toml"
APART = (("propose", "approve"), ("submit", "approve"), ("request", "approve"), ("record", "audit"))  # PERM-02
OFFICE_MAY = (
    "accounts.open",
    "accounts.grant",
    "accounts.agree",
    "ledger.verify",
    "witness.verify",
    "notices.operate",
    "organisations.view",
    "organisations.shape",
    "signon.view",
    "signon.propose",
    "signon.approve",
)


@register("hall")
def check_posts(**kwargs: Any) -> list[CheckMessage]:
    """Permissions without a holder, posts with rights nobody declared, and posts that join what PERM-02 keeps apart."""
    declared = {name for module, _folder in manifests() for name in module.permissions}
    inner = {name for module, _folder in manifests() for name in module.inner}
    return [
        *_unheld(declared, inner),
        *_undeclared(declared),
        *(each for post in posts().values() for each in _joined(post)),
    ]


def _unheld(declared: set[str], inner: set[str]) -> list[CheckMessage]:
    """`<module>.own` is everybody's, and an inner permission is only handed down; every other needs a post."""
    held = {name for post in posts().values() for name in post.may}
    asked = {name for module, folder in manifests() for _where, name in permissions_asked(module, folder)}
    unheld = sorted(name for name in (declared | asked) - held - inner if not name.endswith(".own"))
    return [
        to_do(11, BOOK, f"no post holds “{name}”.", "Add it to the `may` of the posts that do this work.")
        for name in unheld
    ]


def _undeclared(declared: set[str]) -> list[CheckMessage]:
    return [
        to_do(
            12,
            BOOK,
            f"{post.en} holds “{name}”, which no module declares.",
            "Declare it in the module, or take it away.",
        )
        for post in posts().values()
        for name in sorted(post.may - declared)
    ]


def _joined(post: Post) -> list[CheckMessage]:
    """No post both submits and approves one step; an office post holds no business right (PERM-02)."""
    found = []
    for name in sorted(post.may):
        module, verb = name.split(".", 1)
        for first, second in APART:
            if verb == first and f"{module}.{second}" in post.may:
                found.append(
                    to_do(
                        13,
                        BOOK,
                        f"{post.en} may both {first} and {second} in {module} (PERM-02).",
                        "Give one of the two to another post.",
                    )
                )
        if post.office and name not in OFFICE_MAY:
            found.append(
                to_do(
                    13,
                    BOOK,
                    f"{post.en} runs the machine and holds the business right “{name}” (PERM-02).",
                    "Take it away.",
                )
            )
    return found


@register(Tags.database)
def check_flags(databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """No column of the accounts promises rights that no post gives. Asked by `migrate`, so at every start (A19)."""
    return [
        Error(
            f"accounts_account has the column {name}: no flag gives rights in this hall.",
            hint="Drop it and ask who made it.",
            id="hall.E101",
        )
        for name in (foreign_flags() if databases else [])
    ]
