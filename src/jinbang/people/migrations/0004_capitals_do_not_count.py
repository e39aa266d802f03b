"""Two names, or two e-mail addresses, that differ in capitals only belong to one account. Personal data: as before."""

from django.db import migrations, models
from django.db.models.functions import Lower


class Migration(migrations.Migration):
    """Add the two constraints. Fails loudly where two accounts already differ in capitals only: a person decides."""

    dependencies = [("people", "0003_a_proved_email")]

    operations = [
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(Lower("username"), name="people_one_account_per_username"),
        ),
        migrations.AddConstraint(
            model_name="account",
            constraint=models.UniqueConstraint(
                Lower("email"), condition=models.Q(("email", ""), _negated=True), name="people_one_account_per_email"
            ),
        ),
    ]
