"""The database agrees: one photo that counts, one proposed, one being tried. Likeness is looked up by index."""

from django.db import migrations, models

_STATES = ["tried", "proposed", "current", "replaced", "rejected"]


class Migration(migrations.Migration):

    dependencies = [
        ('application', '0005_photo_versions'),
    ]

    operations = [
        migrations.AddConstraint(
            'photo',
            models.CheckConstraint(condition=models.Q(state__in=_STATES), name='application_photo_state'),
        ),
        migrations.AddConstraint(
            'photo',
            models.UniqueConstraint(
                fields=('application', 'state'),
                condition=models.Q(state__in=["tried", "proposed", "current"]),
                name='application_one_photo_of_each',
            ),
        ),
        *[
            migrations.AddIndex(
                'photo', models.Index(fields=[f'band_{number}'], name=f'application_photo_band_{number}')
            )
            for number in (1, 2, 3, 4)
        ],
    ]
