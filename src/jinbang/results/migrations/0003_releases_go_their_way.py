"""The database refuses a release that leaves its way, whoever asks: begun as a draft, moved only as the table says.

The pairs stand here as they were when this was written, as everything in a migration does; a test holds what the
database does against `RELEASE_TRANSITIONS`, and asks for another migration when they part.
"""

from django.db import migrations


TABLE = "results_release"
REFUSAL = "a release goes its way: draft, validated, sealed, approved, armed, released"
BEGINNING = "draft"
WAYS = (
    ("draft", "validated"),
    ("validated", "sealed"),
    ("sealed", "approved"),
    ("approved", "armed"),
    ("armed", "released"),
    ("validated", "draft"),
    ("sealed", "draft"),
    ("approved", "draft"),
    ("armed", "draft"),
    ("released", "draft"),
)
_MOVED = "NEW.state <> OLD.state AND NOT (" + " OR ".join(
    f"(OLD.state = '{before}' AND NEW.state = '{after}')" for before, after in WAYS
) + ")"
_BEGUN = f"NEW.state <> '{BEGINNING}'"
TRIGGERS = (("moved", "UPDATE", _MOVED), ("begun", "INSERT", _BEGUN))


def refuse_others(_apps, schema_editor):
    """Have the database hold every change of `state` against the table, and begin every release as a draft."""
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    if is_postgresql:
        schema_editor.execute(
            f"CREATE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$"
        )
    for name, verb, condition in TRIGGERS:
        head = f"CREATE TRIGGER {TABLE}_{name} BEFORE {verb} ON {TABLE} FOR EACH ROW"
        if is_postgresql:
            schema_editor.execute(f"{head} WHEN ({condition}) EXECUTE FUNCTION {TABLE}_refuse()")
        else:
            schema_editor.execute(f"{head} WHEN {condition} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END")


def allow_others(_apps, schema_editor):
    """Take the refusal back."""
    is_postgresql = schema_editor.connection.vendor == "postgresql"
    for name, _verb, _condition in TRIGGERS:
        schema_editor.execute(f"DROP TRIGGER {TABLE}_{name}" + (f" ON {TABLE}" if is_postgresql else ""))
    if is_postgresql:
        schema_editor.execute(f"DROP FUNCTION {TABLE}_refuse()")


class Migration(migrations.Migration):
    """Refuse them; going back allows them again."""

    dependencies = [("results", "0002_marks_are_insert_only")]

    operations = [migrations.RunPython(refuse_others, allow_others)]
