"""Whose rows the addresses of the organisations name. The tree is open to every post; deeds ask for reach."""

from datetime import date

from hall.core.testing.routes import Thing

ROW = Thing("organisations.Organisation", outside=403)
things = {
    "organisations:organisation": Thing("organisations.Organisation", all=True),
    "organisations:introduction": Thing("organisations.Organisation", all=True, open=True),
    **{
        f"organisations:{name}": ROW
        for name in ("introducing", "foundation", "name", "place", "ending", "term", "unit")
    },
    "organisations:unit_ending": Thing(
        "organisations.Coverage", outside=403, column="organisation_id", twice=("coverage",)
    ),
    "organisations:setting": Thing(
        "organisations.Organisation", outside=403, words={"key": "organisations.term_reminder_months"}
    ),
}
says = {
    "organisations:ending": {"merged": "0"},
    "organisations:setting": {"value": "6"},
}
public = ("Introduction.text", "Organisation.name", "Organisation.short_name")
marked = ("Introduction.text", "Organisation.name", "Organisation.short_name", "Organisation.approval", "Term.document")


def values(model: str) -> dict:
    """Columns the rows of these tables need."""
    return {
        "LocalSetting": {"key": "organisations.term_reminder_months", "value": 6},
        "Term": {"ends_on": date(2029, 1, 1)},
    }.get(model, {})
