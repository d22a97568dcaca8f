"""What speaks against granting or handing over a post."""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from hall.accounts.words import Post
from hall.core.findings import Finding


def grant_findings(post: Post, kind: str, starts_on: date, ends_on: date | None, held: Iterable[Post]) -> list[Finding]:
    """What speaks against this grant: wrong place, wrong dates, or duties that must be apart (PERM-02)."""
    found = []
    if kind not in post.kinds:
        found.append(
            Finding("house", _("The post “%(post)s” does not exist in this kind of organisation.") % {"post": post})
        )
    if ends_on and ends_on < starts_on:
        found.append(Finding("house", _("The post would end before it begins.")))
    return found + apart_findings(post, held)


def apart_findings(post: Post, held: Iterable[Post]) -> list[Finding]:
    """What speaks against one account having this post beside those it holds (PERM-02)."""
    others = [other for other in held if other.name != post.name]
    found = []
    if any(other.office != post.office for other in others):
        text = _("One account may not both administer the system and hold a Party post; use a second account.")
        found.append(Finding("PERM-02", text, source="GB/T 22239"))
    if post.office and any(other.office for other in others):
        text = _("One person may not hold two of the three administrator posts.")
        found.append(Finding("PERM-02", text, source="GB/T 22239"))
    return found


def delegation_findings(
    starts_on: date, ends_on: date | None, own_end: date | None, *, delegated: bool, same_person: bool
) -> list[Finding]:
    """What speaks against letting someone act for the holder (F12)."""
    found = []
    if delegated:
        found.append(Finding("house", _("Who acts for another cannot hand the post on.")))
    if same_person:
        found.append(Finding("house", _("Choose another person to act for you.")))
    if ends_on is None or ends_on < starts_on:
        found.append(Finding("house", _("Give the last day of the delegation; it must not lie before the first.")))
    elif own_end and ends_on > own_end:
        found.append(Finding("house", _("The delegation would outlast your own post (%(day)s).") % {"day": own_end}))
    elif (ends_on - starts_on).days > 366:
        found.append(Finding("house", _("A delegation lasts one year at most; grant the post instead.")))
    return found
