"""Requests to change a name or a document. Personal data: as the model says."""

import django.db.models.deletion
from django.db import migrations, models
import jinbang.kernel.ids


class Migration(migrations.Migration):
    """One step."""

    dependencies = [("people", "0008_registrar")]

    operations = [
        migrations.CreateModel(
            name='Amendment',
            fields=[
                ('id', models.UUIDField(default=jinbang.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('old_name', models.CharField(max_length=64)),
                ('new_name', models.CharField(max_length=64)),
                ('new_kind', models.CharField(blank=True, max_length=24)),
                ('new_number_sealed', models.BinaryField(null=True)),
                ('new_number_index', models.CharField(blank=True, max_length=64)),
                ('evidence_sealed', models.BinaryField()),
                ('submitted_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('reason', models.CharField(blank=True, max_length=400)),
                ('state', models.CharField(choices=[('submitted', 'submitted'), ('approved', 'approved'), ('refused', 'refused'), ('withdrawn', 'withdrawn')], default='submitted', max_length=16)),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='amendments', to='people.authority')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='amendments', to='people.person')),
            ],
            options={
                'indexes': [models.Index(fields=['state', 'due_at'], name='people_amendment_queue')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['submitted', 'approved', 'refused', 'withdrawn'])), name='people_amendment_state'), models.UniqueConstraint(condition=models.Q(('state', 'submitted')), fields=('person',), name='people_one_open_amendment')],
            },
        ),
    ]
