"""The database refuses to change or delete a mark, whoever asks."""

from django.db import migrations


TABLE = "results_mark"
REFUSAL = "marks are insert-only: a correction is another version"


def refuse_changes(_apps, schema_editor):
    """Have the database refuse to change or delete a mark, whoever asks, and take the right from the program's role."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"CREATE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$"
        )
        schema_editor.execute(
            f"CREATE TRIGGER {TABLE}_insert_only BEFORE UPDATE OR DELETE ON {TABLE}"
            f" FOR EACH ROW EXECUTE FUNCTION {TABLE}_refuse()"
        )
        _check_by_set(schema_editor)
        # The owner of a table may take rights from itself: what is no right is refused before any trigger.
        schema_editor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {TABLE} FROM PUBLIC, CURRENT_USER")
        return
    for verb in ("UPDATE", "DELETE"):
        schema_editor.execute(
            f"CREATE TRIGGER {TABLE}_no_{verb.lower()} BEFORE {verb} ON {TABLE}"
            f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )


def _foreign_keys(connection, column):
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, TABLE)
    return [name for name, one in found.items() if one["foreign_key"] and one["columns"] == [column]]


def _check_by_set(schema_editor):
    """Drop the two foreign keys, whose check of each row takes three quarters of a load; refuse deletion at the other end.

    That every mark stands for somebody on the roster is checked for a whole batch at once, before it counts.
    """
    for column in ("batch_id", "entry_id"):
        for name in _foreign_keys(schema_editor.connection, column):
            schema_editor.execute(f'ALTER TABLE {TABLE} DROP CONSTRAINT "{name}"')
    for referred, column in (("results_rosterentry", "entry_id"), ("results_markbatch", "batch_id")):
        schema_editor.execute(
            f"CREATE FUNCTION {referred}_has_marks() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN IF EXISTS (SELECT 1 FROM {TABLE} WHERE {column} = OLD.id) THEN"
            f" RAISE EXCEPTION 'marks stand for it' USING ERRCODE = 'foreign_key_violation'; END IF; RETURN OLD; END $$"
        )
        schema_editor.execute(
            f"CREATE TRIGGER {referred}_keeps_marks BEFORE DELETE ON {referred}"
            f" FOR EACH ROW EXECUTE FUNCTION {referred}_has_marks()"
        )


def allow_changes(_apps, schema_editor):
    """Take the refusal back."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP TRIGGER {TABLE}_insert_only ON {TABLE}")
        schema_editor.execute(f"DROP FUNCTION {TABLE}_refuse()")
        for referred in ("results_rosterentry", "results_markbatch"):
            schema_editor.execute(f"DROP TRIGGER {referred}_keeps_marks ON {referred}")
            schema_editor.execute(f"DROP FUNCTION {referred}_has_marks()")
        schema_editor.execute(f"GRANT UPDATE, DELETE, TRUNCATE ON {TABLE} TO CURRENT_USER")
        return
    for verb in ("update", "delete"):
        schema_editor.execute(f"DROP TRIGGER {TABLE}_no_{verb}")


class Migration(migrations.Migration):
    """Refuse it; going back allows it again."""

    dependencies = [("results", "0001_initial")]

    operations = [migrations.RunPython(refuse_changes, allow_changes)]
