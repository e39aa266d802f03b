"""A notice may be drawn up anew: those that were served before it stay with the case."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the notices before the one that counts."""

    dependencies = [("results", "0010_decision_as_made")]

    operations = [
        migrations.AddField(model_name="violationcase", name="earlier", field=models.JSONField(default=list)),
    ]
