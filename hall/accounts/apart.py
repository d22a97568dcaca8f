"""Guards in the database itself: whoever writes past the code cannot join duties that must be apart (PERM-02).

One account never holds, at the same time, two different offices, or an office and a Party post. Works on both databases;
on PostgreSQL the account's row is held meanwhile, so that two at once see each other.
"""

from typing import Any

OFFICES = "('system_administrator', 'security_administrator', 'audit_administrator')"
TEXT = "PERM-02: one account may not hold these posts together"
OVERLAPS = """SELECT 1 FROM accounts_grant g WHERE g.account_id = NEW.account_id AND g.id <> NEW.id
  AND NEW.withdrawn_on IS NULL AND g.withdrawn_on IS NULL AND g.post <> NEW.post
  AND (g.post IN {offices} OR NEW.post IN {offices})
  AND (g.ends_on IS NULL OR g.ends_on >= NEW.starts_on) AND (NEW.ends_on IS NULL OR NEW.ends_on >= g.starts_on)"""
SQLITE = """CREATE TRIGGER accounts_grant_apart_{verb} {when} {verb} ON accounts_grant
WHEN EXISTS ({overlaps}) BEGIN SELECT RAISE(ABORT, '{text}'); END"""
POSTGRES = """CREATE FUNCTION accounts_grant_apart() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  PERFORM 1 FROM accounts_account WHERE id = NEW.account_id FOR UPDATE;
  IF EXISTS ({overlaps}) THEN RAISE EXCEPTION '{text}' USING ERRCODE = 'integrity_constraint_violation'; END IF;
  RETURN NEW; END $$;
CREATE TRIGGER accounts_grant_apart AFTER INSERT OR UPDATE ON accounts_grant
  FOR EACH ROW EXECUTE FUNCTION accounts_grant_apart()"""


def guard(apps: Any, schema_editor: Any) -> None:
    """Put the triggers in place."""
    overlaps = OVERLAPS.format(offices=OFFICES)
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRES.format(overlaps=overlaps, text=TEXT))
        return
    for verb in ("INSERT", "UPDATE"):
        schema_editor.execute(SQLITE.format(verb=verb, when="AFTER", overlaps=overlaps, text=TEXT))


def unguard(apps: Any, schema_editor: Any) -> None:
    """Take the triggers away."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER accounts_grant_apart ON accounts_grant")
        schema_editor.execute("DROP FUNCTION accounts_grant_apart()")
        return
    for verb in ("INSERT", "UPDATE"):
        schema_editor.execute(f"DROP TRIGGER accounts_grant_apart_{verb}")
