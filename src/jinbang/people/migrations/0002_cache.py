"""The table in which the sign-in library keeps used authenticator codes, so that every process knows them."""

from typing import Any

from django.core.management import call_command
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def create(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ANN401  # Django's registry of old models
    """Create the tables of the caches that the settings keep in the database; there may be none."""
    call_command("createcachetable", database=editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    """Create it; going back leaves it, as nothing else uses it."""

    dependencies = [("people", "0001_initial")]

    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
