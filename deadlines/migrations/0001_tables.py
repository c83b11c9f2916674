import deadlines.models
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import klikks.tenancy
import pghistory.utils
import pgtrigger.compiler
import uuid
from django.conf import settings
from django.db import migrations, models

from klikks.migrating import together


class Migration(migrations.Migration):

    replaces = [('deadlines', '0001_initial'), ('deadlines', '0002_next_reminder_and_open_tasks'), ('deadlines', '0003_letters'), ('deadlines', '0004_digest_jobs'), ('deadlines', '0005_tasks_about_silence'), ('deadlines', '0006_attachments')]

    initial = True

    dependencies = [
        ('agencies', '0001_tables'),
        ('contenttypes', '0002_remove_content_type_name'),
    ]

    operations = together([
        migrations.CreateModel(
            name='Deadline',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('agency', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('subject_type', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contenttypes.contenttype')),
                ('subject_id', models.BigIntegerField(blank=True, null=True)),
                ('kind', models.CharField(choices=[('first_visit', 'first visit'), ('milestone', 'milestone of a project'), ('funding', 'funding call closes'), ('proof_of_use', 'proof of use'), ('report', 'report due'), ('follow_up', 'follow-up'), ('answer', 'answer expected')], default='follow_up', max_length=16, verbose_name='kind')),
                ('title', models.CharField(max_length=160, verbose_name='title')),
                ('due_on', models.DateField(verbose_name='due on')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deadlines', to=settings.AUTH_USER_MODEL, verbose_name='who')),
                ('lead_days', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(validators=[django.core.validators.MaxValueValidator(365)]), blank=True, default=deadlines.models.default_lead_days, size=None, verbose_name='remind how many days before')),
                ('remind_on', models.DateField(blank=True, editable=False, null=True, verbose_name='next reminder on')),
                ('done_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='done at')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created at')),
            ],
            options={
                'verbose_name': 'deadline',
                'verbose_name_plural': 'deadlines',
                'ordering': ['due_on', 'pk'],
                'abstract': False,
                'indexes': [models.Index(condition=models.Q(('done_at__isnull', True)), fields=['agency', 'due_on'], name='deadline_open'), models.Index(condition=models.Q(('done_at__isnull', True)), fields=['agency', 'remind_on'], name='deadline_reminders'), models.Index(condition=models.Q(('done_at__isnull', True)), fields=['owner', 'due_on'], name='deadline_of_owner'), models.Index(fields=['subject_type', 'subject_id'], name='deadline_subject')],
                'constraints': [klikks.tenancy.AgencyWall(name='deadlines_deadline_wall')],
                'triggers': [pgtrigger.compiler.Trigger(name='set_reminders', sql=pgtrigger.compiler.UpsertTriggerSql(func='NEW.remind_on := NEW.due_on - (SELECT max(days) FROM unnest(NEW.lead_days) AS days); RETURN NEW;', hash='ae3d6b44a308089eb1ea27316c7096f76bc27017', operation='INSERT', pgid='pgtrigger_set_reminders_81525', table='deadlines_deadline', when='BEFORE')), pgtrigger.compiler.Trigger(name='reset_reminders', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."due_on" IS DISTINCT FROM (NEW."due_on") OR OLD."lead_days" IS DISTINCT FROM (NEW."lead_days"))', func='NEW.remind_on := NEW.due_on - (SELECT max(days) FROM unnest(NEW.lead_days) AS days); RETURN NEW;', hash='2ce5cafb8399007afe158f252577f162175e406d', operation='UPDATE', pgid='pgtrigger_reset_reminders_d8bce', table='deadlines_deadline', when='BEFORE')), pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "deadlines_deadlineevent" ("agency_id", "created_at", "done_at", "due_on", "id", "kind", "lead_days", "owner_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "subject_id", "subject_type_id", "title") VALUES (NEW."agency_id", NEW."created_at", NEW."done_at", NEW."due_on", NEW."id", NEW."kind", NEW."lead_days", NEW."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."subject_id", NEW."subject_type_id", NEW."title"); RETURN NULL;', hash='f9a2e24707917d62b36400b8d252592a8c61a23b', operation='INSERT', pgid='pgtrigger_insert_insert_76ec5', table='deadlines_deadline', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."agency_id" IS DISTINCT FROM (NEW."agency_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."done_at" IS DISTINCT FROM (NEW."done_at") OR OLD."due_on" IS DISTINCT FROM (NEW."due_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."lead_days" IS DISTINCT FROM (NEW."lead_days") OR OLD."owner_id" IS DISTINCT FROM (NEW."owner_id") OR OLD."subject_id" IS DISTINCT FROM (NEW."subject_id") OR OLD."subject_type_id" IS DISTINCT FROM (NEW."subject_type_id") OR OLD."title" IS DISTINCT FROM (NEW."title"))', func='INSERT INTO "deadlines_deadlineevent" ("agency_id", "created_at", "done_at", "due_on", "id", "kind", "lead_days", "owner_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "subject_id", "subject_type_id", "title") VALUES (NEW."agency_id", NEW."created_at", NEW."done_at", NEW."due_on", NEW."id", NEW."kind", NEW."lead_days", NEW."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."subject_id", NEW."subject_type_id", NEW."title"); RETURN NULL;', hash='29a1d683f342285637a29f6e4d002873e213f310', operation='UPDATE', pgid='pgtrigger_update_update_9629b', table='deadlines_deadline', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "deadlines_deadlineevent" ("agency_id", "created_at", "done_at", "due_on", "id", "kind", "lead_days", "owner_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "subject_id", "subject_type_id", "title") VALUES (OLD."agency_id", OLD."created_at", OLD."done_at", OLD."due_on", OLD."id", OLD."kind", OLD."lead_days", OLD."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."subject_id", OLD."subject_type_id", OLD."title"); RETURN NULL;', hash='04bc44c23b33cbe6484a38745f09a102152e3ed0', operation='DELETE', pgid='pgtrigger_delete_delete_7afed', table='deadlines_deadline', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='Job',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('agency', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('subject_type', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contenttypes.contenttype')),
                ('subject_id', models.BigIntegerField(blank=True, null=True)),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('appointment_certificate', 'appointment certificate'), ('appointment_day', 'appointment day'), ('thanks_certificate', 'thank-you certificate'), ('commune_report', 'municipality report'), ('registration_letter', 'letter to a municipality'), ('exchange_digest', 'mails with news of the exchange')], max_length=40, verbose_name='kind')),
                ('parameters', models.JSONField(default=dict, verbose_name='parameters')),
                ('status', models.CharField(choices=[('queued', 'queued'), ('running', 'running'), ('done', 'done'), ('failed', 'failed')], default='queued', max_length=8, verbose_name='status')),
                ('progress', models.PositiveSmallIntegerField(default=0, validators=[django.core.validators.MaxValueValidator(100)], verbose_name='progress (%)')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('error', models.TextField(blank=True, verbose_name='error')),
                ('ordered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='jobs', to=settings.AUTH_USER_MODEL, verbose_name='ordered by')),
                ('ordered_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='ordered at')),
                ('beat_at', models.DateTimeField(blank=True, null=True, verbose_name='last sign of life')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='finished at')),
            ],
            options={
                'verbose_name': 'job',
                'verbose_name_plural': 'jobs',
                'ordering': ['-ordered_at', '-pk'],
                'abstract': False,
                'indexes': [models.Index(condition=models.Q(('status__in', ['queued', 'running'])), fields=['agency', 'status'], name='job_unfinished')],
                'constraints': [klikks.tenancy.AgencyWall(name='deadlines_job_wall'), models.CheckConstraint(condition=models.Q(('progress__lte', 100)), name='progress_is_a_percentage')],
            },
        ),
        migrations.CreateModel(
            name='OutboxMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('agency', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('subject_type', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contenttypes.contenttype')),
                ('subject_id', models.BigIntegerField(blank=True, null=True)),
                ('template', models.CharField(max_length=60, verbose_name='kind of mail')),
                ('recipient', models.EmailField(max_length=254, verbose_name='recipient')),
                ('language', models.CharField(choices=[('de', 'German'), ('en', 'English')], max_length=2, verbose_name='language')),
                ('subject_line', models.CharField(max_length=250, verbose_name='subject')),
                ('text', models.TextField(verbose_name='text')),
                ('html', models.TextField(blank=True, verbose_name='HTML')),
                ('attachment', models.CharField(blank=True, max_length=200, verbose_name='attached file')),
                ('attachment_name', models.CharField(blank=True, max_length=120, verbose_name='name of the attached file')),
                ('message_id', models.CharField(max_length=120, unique=True, verbose_name='Message-ID')),
                ('status', models.CharField(choices=[('waiting', 'waiting'), ('sent', 'sent'), ('failed', 'failed')], default='waiting', max_length=8, verbose_name='status')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('error', models.TextField(blank=True, verbose_name='error')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='created at')),
                ('not_before', models.DateTimeField(default=django.utils.timezone.now, verbose_name='not before')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent at')),
            ],
            options={
                'verbose_name': 'mail',
                'verbose_name_plural': 'mails',
                'ordering': ['-created_at', '-pk'],
                'abstract': False,
                'indexes': [models.Index(condition=models.Q(('status', 'waiting')), fields=['agency', 'not_before'], name='outbox_waiting'), models.Index(fields=['agency', '-created_at'], name='outbox_order')],
                'constraints': [klikks.tenancy.AgencyWall(name='deadlines_outboxmail_wall'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'sent'), _negated=True), ('sent_at__isnull', False), _connector='OR'), name='sent_has_a_time')],
            },
        ),
        migrations.CreateModel(
            name='PhasePlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='phase_plans', to='agencies.programme', verbose_name='programme')),
                ('title', models.CharField(max_length=160, verbose_name='title')),
            ],
            options={
                'verbose_name': 'phase plan',
                'verbose_name_plural': 'phase plans',
            },
        ),
        migrations.CreateModel(
            name='PlannedTask',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tasks', to='deadlines.phaseplan', verbose_name='phase plan')),
                ('phase', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.phase', verbose_name='phase')),
                ('title', models.CharField(max_length=160, verbose_name='title')),
                ('days', models.SmallIntegerField(default=0, verbose_name='days after the milestone')),
            ],
            options={
                'verbose_name': 'planned task',
                'verbose_name_plural': 'planned tasks',
                'ordering': ['days', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('agency', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('deadline', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reminders', to='deadlines.deadline')),
                ('due_on', models.DateField(verbose_name='due on')),
                ('lead_days', models.PositiveSmallIntegerField(verbose_name='days before')),
                ('written_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='written at')),
            ],
            options={
                'verbose_name': 'reminder',
                'verbose_name_plural': 'reminders',
                'abstract': False,
                'constraints': [klikks.tenancy.AgencyWall(name='deadlines_reminder_wall'), models.UniqueConstraint(fields=('deadline', 'due_on', 'lead_days'), name='one_reminder_a_lead_time')],
            },
        ),
        migrations.CreateModel(
            name='Task',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('agency', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('subject_type', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contenttypes.contenttype')),
                ('subject_id', models.BigIntegerField(blank=True, null=True)),
                ('kind', models.CharField(blank=True, choices=[('', 'task'), ('quiet', 'has gone quiet')], default='', editable=False, max_length=8, verbose_name='kind')),
                ('planned', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='deadlines.plannedtask')),
                ('title', models.CharField(max_length=160, verbose_name='title')),
                ('status', models.CharField(choices=[('open', 'open'), ('done', 'done'), ('skipped', 'skipped')], default='open', editable=False, max_length=8, verbose_name='status')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='due on')),
                ('owner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tasks', to=settings.AUTH_USER_MODEL, verbose_name='who')),
                ('reason', models.CharField(blank=True, editable=False, max_length=200, verbose_name='reason for skipping')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created at')),
            ],
            options={
                'verbose_name': 'task',
                'verbose_name_plural': 'tasks',
                'ordering': ['due_on', 'pk'],
                'abstract': False,
                'indexes': [models.Index(condition=models.Q(('status', 'open')), fields=['agency', 'due_on'], name='task_open')],
                'constraints': [klikks.tenancy.AgencyWall(name='deadlines_task_wall'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'skipped'), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='skipped_with_a_reason'), models.UniqueConstraint(condition=models.Q(('kind', 'quiet'), ('status', 'open')), fields=('subject_type', 'subject_id'), name='one_open_task_about_silence')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "deadlines_taskevent" ("agency_id", "created_at", "due_on", "id", "kind", "owner_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_id", "reason", "status", "subject_id", "subject_type_id", "title") VALUES (NEW."agency_id", NEW."created_at", NEW."due_on", NEW."id", NEW."kind", NEW."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."planned_id", NEW."reason", NEW."status", NEW."subject_id", NEW."subject_type_id", NEW."title"); RETURN NULL;', hash='f09b7ffcfccd1d3bef638927efb8829fcd995b63', operation='INSERT', pgid='pgtrigger_insert_insert_1cc89', table='deadlines_task', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "deadlines_taskevent" ("agency_id", "created_at", "due_on", "id", "kind", "owner_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_id", "reason", "status", "subject_id", "subject_type_id", "title") VALUES (NEW."agency_id", NEW."created_at", NEW."due_on", NEW."id", NEW."kind", NEW."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."planned_id", NEW."reason", NEW."status", NEW."subject_id", NEW."subject_type_id", NEW."title"); RETURN NULL;', hash='39d7478e2d5a1dc8ad84a866b00f965b0f52e03f', operation='UPDATE', pgid='pgtrigger_update_update_c0a2c', table='deadlines_task', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "deadlines_taskevent" ("agency_id", "created_at", "due_on", "id", "kind", "owner_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "planned_id", "reason", "status", "subject_id", "subject_type_id", "title") VALUES (OLD."agency_id", OLD."created_at", OLD."due_on", OLD."id", OLD."kind", OLD."owner_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."planned_id", OLD."reason", OLD."status", OLD."subject_id", OLD."subject_type_id", OLD."title"); RETURN NULL;', hash='8a86579d8a58bebc4992f15c71721c476031b59e', operation='DELETE', pgid='pgtrigger_delete_delete_2bf34', table='deadlines_task', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='DeadlineEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='deadlines.deadline')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('agency', models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agencies.agency')),
                ('subject_type', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='contenttypes.contenttype')),
                ('subject_id', models.BigIntegerField(blank=True, null=True)),
                ('kind', models.CharField(choices=[('first_visit', 'first visit'), ('milestone', 'milestone of a project'), ('funding', 'funding call closes'), ('proof_of_use', 'proof of use'), ('report', 'report due'), ('follow_up', 'follow-up'), ('answer', 'answer expected')], default='follow_up', max_length=16, verbose_name='kind')),
                ('title', models.CharField(max_length=160, verbose_name='title')),
                ('due_on', models.DateField(verbose_name='due on')),
                ('owner', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
                ('lead_days', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(validators=[django.core.validators.MaxValueValidator(365)]), blank=True, default=deadlines.models.default_lead_days, size=None, verbose_name='remind how many days before')),
                ('done_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='done at')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created at')),
            ],
            options={
                'abstract': False,
                'constraints': [klikks.tenancy.AgencyWall(name='deadlines_deadline_history_wall')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='03473c812a141dc459ae45562393ab64eb98979a', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_972b6', table='deadlines_deadlineevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='TaskEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='deadlines.task')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('agency', models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agencies.agency')),
                ('subject_type', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='contenttypes.contenttype')),
                ('subject_id', models.BigIntegerField(blank=True, null=True)),
                ('kind', models.CharField(blank=True, choices=[('', 'task'), ('quiet', 'has gone quiet')], default='', editable=False, max_length=8, verbose_name='kind')),
                ('planned', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='deadlines.plannedtask')),
                ('title', models.CharField(max_length=160, verbose_name='title')),
                ('status', models.CharField(choices=[('open', 'open'), ('done', 'done'), ('skipped', 'skipped')], default='open', editable=False, max_length=8, verbose_name='status')),
                ('due_on', models.DateField(blank=True, null=True, verbose_name='due on')),
                ('owner', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
                ('reason', models.CharField(blank=True, editable=False, max_length=200, verbose_name='reason for skipping')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created at')),
            ],
            options={
                'abstract': False,
                'constraints': [klikks.tenancy.AgencyWall(name='deadlines_task_history_wall')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='2c577552ecea779d498c5eee989388fbf7519b6a', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_f3ce8', table='deadlines_taskevent', when='BEFORE'))],
            },
        ),
    ])
