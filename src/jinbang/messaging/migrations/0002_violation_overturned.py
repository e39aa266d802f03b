"""People are told that a decision against them was overturned."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the kind."""

    dependencies = [
        ("messaging", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="message",
            name="kind",
            field=models.CharField(
                choices=[
                    ("submitted", "submitted"),
                    ("returned", "returned"),
                    ("approved", "approved"),
                    ("refused", "refused"),
                    ("appealed", "appealed"),
                    ("appeal_upheld", "appeal_upheld"),
                    ("appeal_reopened", "appeal_reopened"),
                    ("refusal_stands", "refusal_stands"),
                    ("withdrawn", "withdrawn"),
                    ("lapsed_uncorrected", "lapsed_uncorrected"),
                    ("place_freed", "place_freed"),
                    ("not_submitted", "not_submitted"),
                    ("photo_approved", "photo_approved"),
                    ("photo_rejected", "photo_rejected"),
                    ("commitment_questioned", "commitment_questioned"),
                    ("commitment_charged", "commitment_charged"),
                    ("commitment_false", "commitment_false"),
                    ("group_row_to_confirm", "group_row_to_confirm"),
                    ("fee_due", "fee_due"),
                    ("paid", "paid"),
                    ("lapsed_unpaid", "lapsed_unpaid"),
                    ("ticket_ready", "ticket_ready"),
                    ("ticket_number", "ticket_number"),
                    ("violation_noted", "violation_noted"),
                    ("violation_notified", "violation_notified"),
                    ("violation_found", "violation_found"),
                    ("violation_served", "violation_served"),
                    ("violation_dropped", "violation_dropped"),
                    ("violation_overturned", "violation_overturned"),
                    ("results_open", "results_open"),
                    ("results_updated", "results_updated"),
                ],
                max_length=24,
            ),
        ),
    ]
