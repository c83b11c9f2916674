import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import klikks.tenancy
import pghistory.utils
import pgtrigger.compiler
from django.db import migrations, models

from klikks.migrating import together


class Migration(migrations.Migration):

    replaces = [('trainings', '0001_initial'), ('trainings', '0003_conferences_with_host_and_excursion')]

    initial = True

    dependencies = [
        ('agencies', '0001_tables'),
        ('communes', '0001_tables'),
        ('patrons', '0001_tables'),
    ]

    operations = together([
        migrations.CreateModel(
            name='TrainingSeries',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('agency', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='training_series', to='agencies.programme', verbose_name='programme')),
                ('title', models.CharField(max_length=160, verbose_name='title')),
                ('audience', models.CharField(choices=[('regional_managers', 'regional managers (coaching)'), ('patrons', 'climate patrons'), ('communes', 'municipalities'), ('network', 'networking meeting'), ('conference', 'conference with excursion')], max_length=20, verbose_name='audience')),
                ('goals', models.TextField(blank=True, verbose_name='learning goals')),
                ('across_agencies', models.BooleanField(default=False, verbose_name='open to all agencies of the programme')),
            ],
            options={
                'verbose_name': 'training series',
                'verbose_name_plural': 'training series',
                'ordering': ['title'],
                'constraints': [klikks.tenancy.PublicReadWall(name='trainings_trainingseries_wall')],
            },
        ),
        migrations.CreateModel(
            name='TrainingSession',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('agency', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('series', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sessions', to='trainings.trainingseries', verbose_name='series')),
                ('title', models.CharField(blank=True, max_length=160, verbose_name='title')),
                ('starts_at', models.DateTimeField(verbose_name='starts at')),
                ('ends_at', models.DateTimeField(verbose_name='ends at')),
                ('venue', models.CharField(blank=True, max_length=200, verbose_name='venue')),
                ('online_link', models.URLField(blank=True, verbose_name='online link')),
                ('host', models.ForeignKey(blank=True, help_text='For a conference of a network of twinned towns.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='conferences', to='communes.twinning', verbose_name='host town')),
                ('excursion', models.CharField(blank=True, max_length=400, verbose_name='excursion')),
                ('excursion_en', models.CharField(blank=True, max_length=400, verbose_name='excursion, in English')),
                ('places', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1)], verbose_name='places')),
            ],
            options={
                'verbose_name': 'training session',
                'verbose_name_plural': 'training sessions',
                'ordering': ['starts_at'],
                'constraints': [klikks.tenancy.PublicReadWall(name='trainings_trainingsession_wall'), models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='session_ends_after_it_starts')],
            },
        ),
        migrations.CreateModel(
            name='Enrolment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('agency', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='enrolments', to='trainings.trainingsession', verbose_name='session')),
                ('patron', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='enrolments', to='patrons.patron', verbose_name='climate patron')),
                ('member', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='enrolments', to='agencies.membership', verbose_name='member of staff')),
                ('status', models.CharField(choices=[('enrolled', 'enrolled'), ('waiting', 'on the waiting list'), ('attended', 'attended'), ('absent', 'absent'), ('cancelled', 'cancelled')], default='enrolled', editable=False, max_length=12, verbose_name='status')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created at')),
            ],
            options={
                'verbose_name': 'enrolment',
                'verbose_name_plural': 'enrolments',
                'abstract': False,
                'constraints': [klikks.tenancy.AgencyWall(name='trainings_enrolment_wall'), models.CheckConstraint(condition=models.Q(models.Q(('member__isnull', True), ('patron__isnull', False)), models.Q(('member__isnull', False), ('patron__isnull', True)), _connector='OR'), name='enrolment_is_one_person'), models.UniqueConstraint(condition=models.Q(('status', 'cancelled'), _negated=True), fields=('session', 'patron'), name='one_enrolment_a_patron'), models.UniqueConstraint(condition=models.Q(('status', 'cancelled'), _negated=True), fields=('session', 'member'), name='one_enrolment_a_member')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "trainings_enrolmentevent" ("agency_id", "created_at", "id", "member_id", "patron_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "session_id", "status") VALUES (NEW."agency_id", NEW."created_at", NEW."id", NEW."member_id", NEW."patron_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."session_id", NEW."status"); RETURN NULL;', hash='cec92cd08004b564da49af656109edb9c588c74b', operation='INSERT', pgid='pgtrigger_insert_insert_162db', table='trainings_enrolment', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "trainings_enrolmentevent" ("agency_id", "created_at", "id", "member_id", "patron_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "session_id", "status") VALUES (NEW."agency_id", NEW."created_at", NEW."id", NEW."member_id", NEW."patron_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."session_id", NEW."status"); RETURN NULL;', hash='9081ba13cc2b9220a82ed452de7a8da48d488295', operation='UPDATE', pgid='pgtrigger_update_update_8500f', table='trainings_enrolment', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "trainings_enrolmentevent" ("agency_id", "created_at", "id", "member_id", "patron_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "session_id", "status") VALUES (OLD."agency_id", OLD."created_at", OLD."id", OLD."member_id", OLD."patron_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."session_id", OLD."status"); RETURN NULL;', hash='8bb143e18393fa74c8f8daf4d3088c6850d1c1f2', operation='DELETE', pgid='pgtrigger_delete_delete_88fd8', table='trainings_enrolment', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='EnrolmentEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='trainings.enrolment')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('agency', models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agencies.agency')),
                ('session', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='trainings.trainingsession', verbose_name='session')),
                ('patron', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patrons.patron', verbose_name='climate patron')),
                ('member', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agencies.membership', verbose_name='member of staff')),
                ('status', models.CharField(choices=[('enrolled', 'enrolled'), ('waiting', 'on the waiting list'), ('attended', 'attended'), ('absent', 'absent'), ('cancelled', 'cancelled')], default='enrolled', editable=False, max_length=12, verbose_name='status')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created at')),
            ],
            options={
                'abstract': False,
                'constraints': [klikks.tenancy.AgencyWall(name='trainings_enrolment_history_wall')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8685ad4c88e0e7b3ff5e6d3f069ad87721661729', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_621d9', table='trainings_enrolmentevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='TakenPlaces',
            fields=[
                ('session', models.OneToOneField(on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='taken_places', serialize=False, to='trainings.trainingsession')),
                ('taken', models.IntegerField()),
            ],
            options={
                'db_table': 'trainings_takenplaces',
                'managed': False,
            },
        ),
    ])
