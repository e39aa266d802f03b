"""A registrar sits at the counter of a registration point. Personal data: none."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One step."""

    dependencies = [("people", "0007_former_names")]

    operations = [
        migrations.AlterField(
            model_name='appointment',
            name='role',
            field=models.CharField(choices=[('planner', 'planner'), ('reviewer', 'reviewer'), ('bursar', 'bursar'), ('seating_officer', 'seating_officer'), ('room_clerk', 'room_clerk'), ('marks_clerk', 'marks_clerk'), ('marks_verifier', 'marks_verifier'), ('pass_mark_officer', 'pass_mark_officer'), ('release_officer', 'release_officer'), ('auditor', 'auditor'), ('registrar', 'registrar')], max_length=24),
        ),
    ]
