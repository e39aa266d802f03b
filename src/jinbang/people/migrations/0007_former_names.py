"""A person keeps the names they bore before. Personal data: those names."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One step."""

    dependencies = [("people", "0006_cache")]

    operations = [
        migrations.AddField(
            model_name='person',
            name='former_names',
            field=models.JSONField(default=list),
        ),
    ]
