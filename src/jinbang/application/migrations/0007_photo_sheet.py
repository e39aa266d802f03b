"""The whole picture behind a photo that is being tried, until it is accepted."""

import django.db.models.deletion
import jinbang.kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('application', '0006_one_photo_of_each_state'),
    ]

    operations = [
        migrations.CreateModel(
            name='PhotoSheet',
            fields=[
                ('id', models.UUIDField(default=jinbang.kernel.ids.new_id, editable=False, primary_key=True, serialize=False)),
                ('sealed', models.BinaryField()),
                ('width', models.PositiveIntegerField()),
                ('height', models.PositiveIntegerField()),
                ('full_width', models.PositiveIntegerField()),
                ('full_height', models.PositiveIntegerField()),
                ('photo', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='sheet', to='application.photo')),
            ],
        ),
    ]
