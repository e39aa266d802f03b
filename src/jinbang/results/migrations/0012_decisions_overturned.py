"""A decision may be overturned, on review or in court; another case may then stand beside it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the state, what the document says, and who entered it; what is overturned bars nothing."""

    dependencies = [
        ("attendance", "0001_initial"),
        ("results", "0011_notices_before"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="violationcase",
            name="results_similar_once",
        ),
        migrations.RemoveConstraint(
            model_name="violationcase",
            name="results_violation_case_state",
        ),
        migrations.RemoveConstraint(
            model_name="violationcase",
            name="results_marked_once",
        ),
        migrations.AddField(
            model_name="violationcase",
            name="overturned_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="violationcase",
            name="overturned_by",
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name="violationcase",
            name="overturned_number",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="violationcase",
            name="overturned_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="violationcase",
            name="overturned_reason",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name="violationcase",
            name="overturned_through",
            field=models.CharField(blank=True, choices=[("review", "review"), ("court", "court")], max_length=8),
        ),
        migrations.AlterField(
            model_name="violationcase",
            name="state",
            field=models.CharField(
                choices=[
                    ("noted", "noted"),
                    ("charged", "charged"),
                    ("notified", "notified"),
                    ("found", "found"),
                    ("served", "served"),
                    ("dropped", "dropped"),
                    ("overturned", "overturned"),
                ],
                default="noted",
                max_length=16,
            ),
        ),
        migrations.AddConstraint(
            model_name="violationcase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["noted", "charged", "notified", "found", "served", "dropped", "overturned"])
                ),
                name="results_violation_case_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="violationcase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("overturned_at__isnull", True),
                        ("overturned_by__isnull", True),
                        ("overturned_on__isnull", True),
                        ("overturned_number", ""),
                        ("overturned_reason", ""),
                        ("overturned_through", ""),
                        models.Q(("state", "overturned"), _negated=True),
                    ),
                    models.Q(
                        ("overturned_at__isnull", False),
                        ("overturned_by__isnull", False),
                        ("overturned_on__isnull", False),
                        ("decided_by__isnull", False),
                        ("state", "overturned"),
                        models.Q(
                            ("overturned_through", ""),
                            ("overturned_number", ""),
                            ("overturned_reason", ""),
                            _connector="OR",
                            _negated=True,
                        ),
                        models.Q(("overturned_by", models.F("decided_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="results_violation_overturned",
            ),
        ),
        migrations.AddConstraint(
            model_name="violationcase",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("origin", "marking"), models.Q(("state__in", ["dropped", "overturned"]), _negated=True)
                ),
                fields=("entry", "subject_code"),
                name="results_similar_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="violationcase",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("origin", "file"), models.Q(("state__in", ["dropped", "overturned"]), _negated=True)
                ),
                fields=("entry", "subject_code"),
                name="results_marked_once",
            ),
        ),
    ]
