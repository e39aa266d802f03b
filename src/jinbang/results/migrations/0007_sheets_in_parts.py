"""A sheet may have a column for each part of a subject, so what was an assessor's place is a column's."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Rename the place, and add the parts of a sheet; sheets so far have none."""

    dependencies = [("results", "0006_arriving_files")]

    operations = [
        migrations.RemoveConstraint(model_name="keyedmark", name="results_keyed_once"),
        migrations.RenameField(model_name="keyedmark", old_name="assessor", new_name="column"),
        migrations.AddConstraint(
            model_name="keyedmark",
            constraint=models.UniqueConstraint(fields=("keying", "entry", "column"), name="results_keyed_once"),
        ),
        migrations.AddField(
            model_name="marksheet", name="part_codes", field=models.JSONField(blank=True, default=list)
        ),
    ]
