"""How much of the roster a large file of marks is to hold, until the worker reads it in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add one word to a file that waits."""

    dependencies = [("results", "0003_releases_go_their_way")]

    operations = [
        migrations.AddField(
            model_name="incomingfile",
            name="coverage",
            field=models.CharField(
                choices=[("whole", "whole"), ("subjects", "subjects"), ("corrections", "corrections")],
                default="whole",
                max_length=16,
            ),
        ),
    ]
