"""What a person may have erased (T12) is not among what PostgreSQL keeps as it was written (D18): the two declarations agree."""

from hall.core.modules import WHOLE, modules


def test_a_column_that_erasure_empties_may_change_behind_the_wall():
    held = [
        f"{kept.table}.{column}"
        for module in modules()
        for kept in module.kept
        for column, personal in (
            (each.field.split(".")[1], each) for each in module.privacy if each.field.split(".")[0] == kept.table
        )
        if personal.erasure != "stays" and not (kept.erased if personal.blank == WHOLE else column in kept.changes)
    ]
    assert held == [], "Name the column in Kept(changes=…), or say that it stays."


def test_the_deeds_that_change_a_frozen_paper_are_named():
    kept = {each.table: each for module in modules() for each in module.kept}
    assert set(kept["Paper"].changes) >= {"revoked_at", "revoke_reason"}  # papers.revoke (T23)
