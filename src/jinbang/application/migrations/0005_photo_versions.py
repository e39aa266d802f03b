"""A photo has versions: each row says where it stands. What was kept until now counts, as it did."""

import django.db.models.deletion
from django.db import migrations, models

_STATES = ["tried", "proposed", "current", "replaced", "rejected"]


def _state(default):
    return models.CharField(choices=[(state, state) for state in _STATES], default=default, max_length=16)


class Migration(migrations.Migration):

    dependencies = [
        ('application', '0004_earlier_passes'),
    ]

    operations = [
        migrations.AddField('photo', 'state', _state('current')),
        migrations.AlterField('photo', 'state', _state('tried')),
        migrations.AddField('photo', 'likeness', models.CharField(blank=True, default='', max_length=80), preserve_default=False),
        migrations.AddField('photo', 'band_1', models.PositiveIntegerField(null=True)),
        migrations.AddField('photo', 'band_2', models.PositiveIntegerField(null=True)),
        migrations.AddField('photo', 'band_3', models.PositiveIntegerField(null=True)),
        migrations.AddField('photo', 'band_4', models.PositiveIntegerField(null=True)),
        migrations.AddField('photo', 'findings', models.JSONField(default=list)),
        migrations.AddField('photo', 'faces', models.JSONField(default=list)),
        migrations.AddField('photo', 'box', models.JSONField(default=list)),
        migrations.AddField('photo', 'proposed_by_id', models.UUIDField(null=True)),
        migrations.AddField('photo', 'reason', models.CharField(blank=True, default='', max_length=300), preserve_default=False),
        migrations.AlterField(
            'photo',
            'application',
            models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='photos', to='application.application'),
        ),
    ]
