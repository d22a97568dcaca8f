"""What stands around every page besides the menu: the college's name, and whom to ask (ux #42)."""

from typing import Any

from django.core.cache import cache

from hall.core.viewer import Viewer
from hall.organisations import queries as organisations

FRESH = 60  # seconds these may be old


def surround(viewer: Viewer) -> dict[str, Any]:
    """The college's name, and the contact of the nearest organisation upwards that has one."""
    place = viewer.hat.organisation if viewer.hat else None
    name = f"desk:surround:{place.pk if place else 0}"
    kept = cache.get(name)
    if kept is None:
        kept = _surround(organisations.chain(place))
        cache.set(name, kept, FRESH)
    return kept


def _surround(above: list[Any]) -> dict[str, Any]:
    asked = next((row for row in above if row.phone), None)
    contact = {"organisation": str(asked), "name": asked.contact, "phone": asked.phone} if asked else None
    return {"college": str(above[-1]) if above else "", "help": contact}
