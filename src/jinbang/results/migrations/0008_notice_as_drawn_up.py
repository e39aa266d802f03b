"""Every word of a notice is kept with its case, so that a copy says what was served."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add what a notice says."""

    dependencies = [("results", "0007_sheets_in_parts")]

    operations = [
        migrations.AddField(model_name="violationcase", name="notice", field=models.JSONField(null=True)),
    ]
