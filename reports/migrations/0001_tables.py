import django.db.models.deletion
import django.utils.timezone
import klikks.tenancy
import pghistory.utils
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

from klikks.migrating import together


class Migration(migrations.Migration):

    replaces = [('reports', '0001_initial'), ('reports', '0003_letters'), ('reports', '0005_thanks_and_days')]

    initial = True

    dependencies = [
        ('agencies', '0001_tables'),
        ('communes', '0001_tables'),
        ('contenttypes', '0002_remove_content_type_name'),
        ('deadlines', '0001_tables'),
    ]

    operations = together([
        migrations.CreateModel(
            name='Document',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('agency', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('subject_type', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contenttypes.contenttype')),
                ('subject_id', models.BigIntegerField(blank=True, null=True)),
                ('kind', models.CharField(choices=[('appointment_certificate', 'appointment certificate'), ('appointment_day', 'certificates of an appointment day'), ('thanks_certificate', 'thank-you certificate'), ('commune_report', 'municipality report'), ('letter', 'letter')], max_length=40, verbose_name='kind')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('file', models.FileField(upload_to='documents/%Y/%m/', verbose_name='file')),
                ('sha256', models.CharField(max_length=64, verbose_name='checksum')),
                ('size', models.PositiveIntegerField(verbose_name='size in bytes')),
                ('job', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='document', to='deadlines.job')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='created at')),
            ],
            options={
                'verbose_name': 'document',
                'verbose_name_plural': 'documents',
                'ordering': ['-created_at', '-pk'],
                'abstract': False,
                'indexes': [models.Index(fields=['subject_type', 'subject_id'], name='document_subject')],
                'constraints': [klikks.tenancy.AgencyWall(name='reports_document_wall')],
            },
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('agency', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('kind', models.CharField(choices=[('commune', 'municipality report'), ('interim', 'interim proof'), ('final', 'final report')], default='commune', max_length=12, verbose_name='kind')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.programme', verbose_name='programme')),
                ('commune', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reports', to='communes.commune', verbose_name='municipality')),
                ('starts_on', models.DateField(verbose_name='from')),
                ('ends_on', models.DateField(verbose_name='until')),
                ('ordered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='created at')),
            ],
            options={
                'verbose_name': 'report',
                'verbose_name_plural': 'reports',
                'ordering': ['-created_at'],
                'abstract': False,
                'constraints': [klikks.tenancy.AgencyWall(name='reports_report_wall'), models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='report_ends_after_it_starts'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'commune'), _negated=True), ('commune__isnull', False), _connector='OR'), name='commune_report_has_a_commune')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "reports_reportevent" ("agency_id", "commune_id", "created_at", "ends_on", "id", "kind", "ordered_by_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "starts_on") VALUES (NEW."agency_id", NEW."commune_id", NEW."created_at", NEW."ends_on", NEW."id", NEW."kind", NEW."ordered_by_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."programme_id", NEW."starts_on"); RETURN NULL;', hash='397365041f8406bd5e481d01edbcd067114e1ab7', operation='INSERT', pgid='pgtrigger_insert_insert_84ceb', table='reports_report', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "reports_reportevent" ("agency_id", "commune_id", "created_at", "ends_on", "id", "kind", "ordered_by_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "starts_on") VALUES (NEW."agency_id", NEW."commune_id", NEW."created_at", NEW."ends_on", NEW."id", NEW."kind", NEW."ordered_by_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."programme_id", NEW."starts_on"); RETURN NULL;', hash='22873046eb65a6a65444bac1e2ff3bc323990ff5', operation='UPDATE', pgid='pgtrigger_update_update_234a9', table='reports_report', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "reports_reportevent" ("agency_id", "commune_id", "created_at", "ends_on", "id", "kind", "ordered_by_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "starts_on") VALUES (OLD."agency_id", OLD."commune_id", OLD."created_at", OLD."ends_on", OLD."id", OLD."kind", OLD."ordered_by_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."programme_id", OLD."starts_on"); RETURN NULL;', hash='a61088810e8ae5975d3a7e452233fcbdc6fbfb04', operation='DELETE', pgid='pgtrigger_delete_delete_6acd6', table='reports_report', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='ReportEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='reports.report')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('agency', models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agencies.agency')),
                ('kind', models.CharField(choices=[('commune', 'municipality report'), ('interim', 'interim proof'), ('final', 'final report')], default='commune', max_length=12, verbose_name='kind')),
                ('programme', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agencies.programme', verbose_name='programme')),
                ('commune', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='communes.commune', verbose_name='municipality')),
                ('starts_on', models.DateField(verbose_name='from')),
                ('ends_on', models.DateField(verbose_name='until')),
                ('ordered_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='created at')),
            ],
            options={
                'abstract': False,
                'constraints': [klikks.tenancy.AgencyWall(name='reports_report_history_wall')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='79709c12d5a2ece868c72f81bcfe3e43e6ab1222', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_eac1b', table='reports_reportevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='AgencyTarget',
            fields=[
                ('pk', models.CompositePrimaryKey('agency', 'programme', 'figure', blank=True, editable=False, primary_key=True, serialize=False)),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='agencies.agency')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='agencies.programme')),
                ('figure', models.CharField(max_length=32)),
                ('value', models.DecimalField(decimal_places=2, max_digits=15)),
            ],
            options={
                'db_table': 'reports_agencytarget',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='Fact',
            fields=[
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='agencies.agency')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='agencies.programme')),
                ('commune', models.ForeignKey(null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='communes.commune')),
                ('figure', models.CharField(max_length=32)),
                ('reach', models.SmallIntegerField(choices=[(1, 'Commune'), (2, 'District'), (3, 'Everywhere')])),
                ('amount', models.DecimalField(decimal_places=3, max_digits=20)),
                ('pk', models.CompositePrimaryKey('agency', 'programme', 'figure', 'day', 'reach', blank=True, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('estimated', models.BooleanField()),
            ],
            options={
                'db_table': 'reports_fact',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='FigureMonth',
            fields=[
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='agencies.agency')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='agencies.programme')),
                ('commune', models.ForeignKey(null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='communes.commune')),
                ('figure', models.CharField(max_length=32)),
                ('reach', models.SmallIntegerField(choices=[(1, 'Commune'), (2, 'District'), (3, 'Everywhere')])),
                ('amount', models.DecimalField(decimal_places=3, max_digits=20)),
                ('pk', models.CompositePrimaryKey('agency', 'programme', 'figure', 'month', 'reach', blank=True, editable=False, primary_key=True, serialize=False)),
                ('month', models.DateField()),
                ('estimated', models.DecimalField(decimal_places=3, max_digits=20)),
            ],
            options={
                'db_table': 'reports_figuremonth',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='ProgrammeTotal',
            fields=[
                ('pk', models.CompositePrimaryKey('programme', 'figure', blank=True, editable=False, primary_key=True, serialize=False)),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='agencies.programme')),
                ('figure', models.CharField(max_length=32)),
                ('amount', models.DecimalField(decimal_places=3, max_digits=20)),
                ('estimated', models.DecimalField(decimal_places=3, max_digits=20)),
            ],
            options={
                'db_table': 'reports_programmetotal',
                'managed': False,
            },
        ),
    ])
