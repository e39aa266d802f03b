"""Every word of a written decision is kept with its case, so that a copy says what was served."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add what a decision says."""

    dependencies = [("results", "0009_release_recount")]

    operations = [
        migrations.AddField(model_name="violationcase", name="decision", field=models.JSONField(null=True)),
    ]
