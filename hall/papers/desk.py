"""What the search box finds among the papers: by number, verification code or name."""

from django.urls import reverse

from hall.core.modules import Hit, paper_kinds
from hall.core.viewer import Viewer
from hall.papers import queries


def search(viewer: Viewer, words: str, limit: int) -> list[Hit]:
    """Papers the viewer may see; nothing is searched for a single character."""
    if len(words.strip()) < 2:
        return []
    rows = queries.found_by(queries.papers_for(viewer), words.strip()).select_related("organisation").defer("snapshot")
    kinds = paper_kinds()
    return [
        Hit(
            f"{row.name} {row.number}".strip(),
            reverse("papers:paper", args=[row.pk]),
            str(row.organisation),
            kinds[row.kind].title if row.kind in kinds else row.kind,
        )
        for row in rows.order_by("-issued_on")[:limit]
    ]
