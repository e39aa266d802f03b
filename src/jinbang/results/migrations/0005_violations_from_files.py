"""A violation has an overall of its own; what a file says opens a case; a notice is drawn up and served."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('attendance', '0001_initial'),
        ('results', '0004_incomingfile_coverage'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='outcome',
            name='results_overall',
        ),
        migrations.RemoveConstraint(
            model_name='outcomechange',
            name='results_change_overall',
        ),
        migrations.RemoveConstraint(
            model_name='violationcase',
            name='results_violation_case_state',
        ),
        migrations.AddField(
            model_name='markbatch',
            name='held',
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name='violationcase',
            name='batch',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='violation_cases', to='results.markbatch'),
        ),
        migrations.AddField(
            model_name='violationcase',
            name='charged_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='violationcase',
            name='line',
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='violationcase',
            name='notice_served_on',
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name='violationcase',
            name='notice_service',
            field=models.CharField(blank=True, choices=[('in_person', 'in_person'), ('by_post', 'by_post'), ('electronic', 'electronic'), ('public_notice', 'public_notice')], max_length=16),
        ),
        migrations.AlterField(
            model_name='outcome',
            name='overall',
            field=models.CharField(choices=[('passed', 'passed'), ('passed_locally', 'passed_locally'), ('partial', 'partial'), ('failed', 'failed'), ('absent', 'absent'), ('awaiting_pass_mark', 'awaiting_pass_mark'), ('withheld', 'withheld'), ('violation', 'violation'), ('void', 'void')], max_length=24),
        ),
        migrations.AlterField(
            model_name='violationcase',
            name='article',
            field=models.CharField(blank=True, choices=[('article_6', 'article_6'), ('article_7', 'article_7'), ('article_8', 'article_8'), ('article_10', 'article_10'), ('article_11', 'article_11')], max_length=16),
        ),
        migrations.AlterField(
            model_name='violationcase',
            name='origin',
            field=models.CharField(choices=[('room', 'room'), ('marking', 'marking'), ('file', 'file')], max_length=8),
        ),
        migrations.AlterField(
            model_name='violationcase',
            name='state',
            field=models.CharField(choices=[('noted', 'noted'), ('charged', 'charged'), ('notified', 'notified'), ('found', 'found'), ('served', 'served'), ('dropped', 'dropped')], default='noted', max_length=16),
        ),
        migrations.AddConstraint(
            model_name='outcome',
            constraint=models.CheckConstraint(condition=models.Q(('overall__in', ['passed', 'passed_locally', 'partial', 'failed', 'absent', 'awaiting_pass_mark', 'withheld', 'violation', 'void'])), name='results_overall'),
        ),
        migrations.AddConstraint(
            model_name='outcomechange',
            constraint=models.CheckConstraint(condition=models.Q(('to_overall__in', ['passed', 'passed_locally', 'partial', 'failed', 'absent', 'awaiting_pass_mark', 'withheld', 'violation', 'void']), ('from_overall__in', ['', 'passed', 'passed_locally', 'partial', 'failed', 'absent', 'awaiting_pass_mark', 'withheld', 'violation', 'void'])), name='results_change_overall'),
        ),
        migrations.AddConstraint(
            model_name='violationcase',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['noted', 'charged', 'notified', 'found', 'served', 'dropped'])), name='results_violation_case_state'),
        ),
        migrations.AddConstraint(
            model_name='violationcase',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('notice_served_on__isnull', True), ('notice_service', '')), models.Q(('notice_served_on__isnull', False), ('notified_at__isnull', False), models.Q(('notice_service', ''), _negated=True)), _connector='OR'), name='results_violation_notice'),
        ),
        migrations.AddConstraint(
            model_name='violationcase',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('article', ''), _negated=True), ('state__in', ['noted', 'dropped']), _connector='OR'), name='results_violation_article'),
        ),
        migrations.AddConstraint(
            model_name='violationcase',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('batch__isnull', True), ('line__isnull', True)), models.Q(('batch__isnull', False), ('line__isnull', False), ('origin', 'file')), _connector='OR'), name='results_violation_line'),
        ),
        migrations.AddConstraint(
            model_name='violationcase',
            constraint=models.UniqueConstraint(condition=models.Q(('origin', 'file'), models.Q(('state', 'dropped'), _negated=True)), fields=('entry', 'subject_code'), name='results_marked_once'),
        ),
    ]
