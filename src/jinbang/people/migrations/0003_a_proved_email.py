"""An e-mail address may be proved like a telephone number. Personal data: none beyond whether it was proved."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the column; nobody has proved an address yet."""

    dependencies = [("people", "0002_verifications")]

    operations = [
        migrations.AddField(
            model_name="account", name="email_verified", field=models.BooleanField(default=False)
        ),
    ]
