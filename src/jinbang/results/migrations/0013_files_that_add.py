"""A later file may add passes to a person who has one already: a row of its own, in its place beside the first."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Number the files of a person."""

    dependencies = [("results", "0012_decisions_overturned")]

    operations = [
        migrations.RemoveConstraint(model_name="handedoverfile", name="results_one_file_a_person"),
        migrations.AddField(
            model_name="handedoverfile", name="addition", field=models.PositiveSmallIntegerField(default=0)
        ),
        migrations.AddConstraint(
            model_name="handedoverfile",
            constraint=models.UniqueConstraint(
                fields=["programme_code", "number_index", "addition"],
                condition=~models.Q(state="rejected"),
                name="results_one_file_a_person",
            ),
        ),
    ]
