"""New telephones bound at a counter. Personal data: as the model says."""

import django.db.models.deletion
from django.db import migrations, models
from django.conf import settings
import jinbang.kernel.ids


class Migration(migrations.Migration):
    """One step."""

    dependencies = [("people", "0009_amendments")]

    operations = [
        migrations.CreateModel(
            name='Rebinding',
            fields=[
                ('id', models.UUIDField(default=jinbang.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('document_kind', models.CharField(max_length=24)),
                ('phone_sealed', models.BinaryField()),
                ('code_id', models.UUIDField()),
                ('opened_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('state', models.CharField(choices=[('opened', 'opened'), ('proven', 'proven'), ('done', 'done'), ('stopped', 'stopped')], default='opened', max_length=16)),
                ('authority', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rebindings', to='people.authority')),
                ('confirmed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rebindings', to='people.person')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['opened', 'proven', 'done', 'stopped'])), name='people_rebinding_state'), models.UniqueConstraint(condition=models.Q(('state__in', ['opened', 'proven'])), fields=('person',), name='people_one_open_rebinding'), models.CheckConstraint(condition=models.Q(('opened_by', models.F('confirmed_by')), _negated=True), name='people_rebinding_by_two')],
            },
        ),

    ]
