import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import klikks.tenancy
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from klikks.migrating import together


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0003_funding'),
        ('agencies', '__first__'),
        ('projects', '0008_similar_ideas'),
    ]

    operations = together([
        migrations.CreateModel(
            name='ApplicationDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(max_length=200, verbose_name='document')),
                ('done_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='ready since')),
                ('file', models.FileField(blank=True, upload_to='applications/%Y/', verbose_name='file')),
                ('agency', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='documents', to='projects.fundingapplication', verbose_name='funding application')),
                ('done_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ticked by')),
            ],
            options={
                'verbose_name': 'document of an application',
                'verbose_name_plural': 'documents of an application',
                'ordering': ['pk'],
                'abstract': False,
                'constraints': [klikks.tenancy.AgencyWall(name='projects_applicationdocument_wall')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "projects_applicationdocumentevent" ("agency_id", "application_id", "done_at", "done_by_id", "file", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "what") VALUES (NEW."agency_id", NEW."application_id", NEW."done_at", NEW."done_by_id", NEW."file", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."what"); RETURN NULL;', hash='204623af9de789cb3aa60e988fc01a45f6428220', operation='INSERT', pgid='pgtrigger_insert_insert_134e5', table='projects_applicationdocument', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "projects_applicationdocumentevent" ("agency_id", "application_id", "done_at", "done_by_id", "file", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "what") VALUES (NEW."agency_id", NEW."application_id", NEW."done_at", NEW."done_by_id", NEW."file", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."what"); RETURN NULL;', hash='d73ada297fd3582df21b6b88937c40e7f461614a', operation='UPDATE', pgid='pgtrigger_update_update_da1b8', table='projects_applicationdocument', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "projects_applicationdocumentevent" ("agency_id", "application_id", "done_at", "done_by_id", "file", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "what") VALUES (OLD."agency_id", OLD."application_id", OLD."done_at", OLD."done_by_id", OLD."file", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."what"); RETURN NULL;', hash='812d69e84835783f5bc1a72e67ba32999ec99241', operation='DELETE', pgid='pgtrigger_delete_delete_61d7a', table='projects_applicationdocument', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='ApplicationDocumentEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('what', models.CharField(max_length=200, verbose_name='document')),
                ('done_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='ready since')),
                ('file', models.FileField(blank=True, upload_to='applications/%Y/', verbose_name='file')),
                ('agency', models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agencies.agency')),
                ('application', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='projects.fundingapplication', verbose_name='funding application')),
                ('done_by', models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='ticked by')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='projects.applicationdocument')),
            ],
            options={
                'abstract': False,
                'constraints': [klikks.tenancy.AgencyWall(name='projects_applicationdocument_history_wall')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='8a9fc6de683ce0482ee1c1b30ed7bffcec8d2b04', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_22e3f', table='projects_applicationdocumentevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='CallWindow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('opens_on', models.DateField(blank=True, null=True, verbose_name='opens on')),
                ('closes_on', models.DateField(blank=True, null=True, verbose_name='applications until')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                ('agency', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('funding_programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='calls', to='projects.fundingprogramme', verbose_name='funding programme')),
            ],
            options={
                'verbose_name': 'call for applications',
                'verbose_name_plural': 'calls for applications',
                'ordering': ['opens_on', 'closes_on', 'pk'],
                'constraints': [klikks.tenancy.PublicReadWall(name='projects_callwindow_wall'), models.CheckConstraint(condition=models.Q(('opens_on__isnull', True), ('closes_on__isnull', True), ('opens_on__lte', models.F('closes_on')), _connector='OR'), name='call_closes_after_it_opens')],
            },
        ),
        migrations.CreateModel(
            name='FundingProgrammeEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('level', models.CharField(choices=[('federal', 'federal government'), ('state', 'state'), ('eu', 'European Union'), ('foundation', 'foundation'), ('other', 'other')], default='other', max_length=12, verbose_name='level')),
                ('funder', models.CharField(max_length=160, verbose_name='funder')),
                ('link', models.URLField(blank=True, verbose_name='link')),
                ('states', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=6), blank=True, default=list, size=None, verbose_name='states')),
                ('topics', django.contrib.postgres.fields.ArrayField(base_field=models.SlugField(max_length=40), blank=True, default=list, size=None, verbose_name='topics')),
                ('applicants', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('municipality', 'municipality'), ('district', 'district'), ('municipal_company', 'municipal company'), ('school', 'school'), ('club', 'club or non-profit organisation'), ('church', 'church'), ('company', 'company'), ('citizen', 'citizen')], max_length=20), blank=True, default=list, size=None, verbose_name='applicants')),
                ('who_may_apply', models.CharField(blank=True, max_length=200, verbose_name='more about who may apply')),
                ('only_before_start', models.BooleanField(default=True, help_text='Most programmes fund only what has not been ordered yet.', verbose_name='only before work has begun')),
                ('rate', models.DecimalField(blank=True, decimal_places=2, help_text='Of the eligible cost. Leave it empty if it is not fixed.', max_digits=5, null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)], verbose_name='funding rate (%)')),
                ('higher_rate', models.DecimalField(blank=True, decimal_places=2, help_text='Where a condition is met, such as little money.', max_digits=5, null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)], verbose_name='higher rate (%)')),
                ('higher_rate_for', models.CharField(blank=True, max_length=160, verbose_name='higher rate for')),
                ('cost_min', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='eligible cost at least (€)')),
                ('cost_max', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='eligible cost counted up to (€)')),
                ('grant_min', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='grant at least (€)')),
                ('grant_max', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='grant at most (€)')),
                ('combinability', models.CharField(choices=[('unknown', 'not known'), ('free', 'with any other funding'), ('named', 'only with those named'), ('none', 'with no other funding')], default='unknown', max_length=8, verbose_name='can be combined')),
                ('combines_with', models.TextField(blank=True, help_text='One programme a line, with its name as it stands in this list.', max_length=2000, verbose_name='can be combined with')),
                ('combinability_note', models.CharField(blank=True, max_length=250, verbose_name='about combining')),
                ('documents', models.TextField(blank=True, help_text='One a line. Each new application gets this list to tick off.', max_length=4000, verbose_name='documents needed')),
                ('unconfirmed', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('call', 'calls'), ('rate', 'rate'), ('amounts', 'amounts'), ('applicants', 'who may apply'), ('topics', 'topics'), ('combinability', 'combination with other funding'), ('documents', 'documents needed')], max_length=16), blank=True, default=list, size=None, verbose_name='still to be confirmed')),
                ('checked_on', models.DateField(default=django.utils.timezone.localdate, verbose_name='last checked on')),
                ('agency', models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agencies.agency')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='projects.fundingprogramme')),
            ],
            options={
                'abstract': False,
                'constraints': [klikks.tenancy.AgencyWall(name='projects_fundingprogramme_history_wall')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='70380b37de82ab88236e8d07971434daaa519e30', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_a1638', table='projects_fundingprogrammeevent', when='BEFORE'))],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='fundingapplication',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='fundingapplication',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='fundingapplication',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='fundingapplication',
            name='begins_on',
            field=models.DateField(blank=True, null=True, verbose_name='funding period begins on'),
        ),
        migrations.AddField(
            model_name='fundingapplication',
            name='closes_on',
            field=models.DateField(blank=True, null=True, verbose_name='apply until'),
        ),
        migrations.AddField(
            model_name='fundingapplication',
            name='conditions',
            field=models.TextField(blank=True, max_length=8000, verbose_name='conditions of the grant'),
        ),
        migrations.AddField(
            model_name='fundingapplication',
            name='disbursed',
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='paid out so far (€)'),
        ),
        migrations.AddField(
            model_name='fundingapplication',
            name='ends_on',
            field=models.DateField(blank=True, null=True, verbose_name='funding period ends on'),
        ),
        migrations.AddField(
            model_name='fundingapplication',
            name='proof_due_on',
            field=models.DateField(blank=True, null=True, verbose_name='proof of use due on'),
        ),
        migrations.AddField(
            model_name='fundingapplication',
            name='proof_handed_in_on',
            field=models.DateField(blank=True, null=True, verbose_name='proof of use handed in on'),
        ),
        migrations.AddField(
            model_name='fundingapplicationevent',
            name='begins_on',
            field=models.DateField(blank=True, null=True, verbose_name='funding period begins on'),
        ),
        migrations.AddField(
            model_name='fundingapplicationevent',
            name='closes_on',
            field=models.DateField(blank=True, null=True, verbose_name='apply until'),
        ),
        migrations.AddField(
            model_name='fundingapplicationevent',
            name='conditions',
            field=models.TextField(blank=True, max_length=8000, verbose_name='conditions of the grant'),
        ),
        migrations.AddField(
            model_name='fundingapplicationevent',
            name='disbursed',
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='paid out so far (€)'),
        ),
        migrations.AddField(
            model_name='fundingapplicationevent',
            name='ends_on',
            field=models.DateField(blank=True, null=True, verbose_name='funding period ends on'),
        ),
        migrations.AddField(
            model_name='fundingapplicationevent',
            name='proof_due_on',
            field=models.DateField(blank=True, null=True, verbose_name='proof of use due on'),
        ),
        migrations.AddField(
            model_name='fundingapplicationevent',
            name='proof_handed_in_on',
            field=models.DateField(blank=True, null=True, verbose_name='proof of use handed in on'),
        ),
        migrations.AddField(
            model_name='fundingprogramme',
            name='applicants',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('municipality', 'municipality'), ('district', 'district'), ('municipal_company', 'municipal company'), ('school', 'school'), ('club', 'club or non-profit organisation'), ('church', 'church'), ('company', 'company'), ('citizen', 'citizen')], max_length=20), blank=True, default=list, size=None, verbose_name='applicants'),
        ),
        migrations.AddField(
            model_name='fundingprogramme',
            name='combinability',
            field=models.CharField(choices=[('unknown', 'not known'), ('free', 'with any other funding'), ('named', 'only with those named'), ('none', 'with no other funding')], default='unknown', max_length=8, verbose_name='can be combined'),
        ),
        migrations.AddField(
            model_name='fundingprogramme',
            name='combinability_note',
            field=models.CharField(blank=True, max_length=250, verbose_name='about combining'),
        ),
        migrations.AddField(
            model_name='fundingprogramme',
            name='combines_with',
            field=models.TextField(blank=True, help_text='One programme a line, with its name as it stands in this list.', max_length=2000, verbose_name='can be combined with'),
        ),
        migrations.AddField(
            model_name='fundingprogramme',
            name='cost_max',
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='eligible cost counted up to (€)'),
        ),
        migrations.AddField(
            model_name='fundingprogramme',
            name='cost_min',
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='eligible cost at least (€)'),
        ),
        migrations.AddField(
            model_name='fundingprogramme',
            name='documents',
            field=models.TextField(blank=True, help_text='One a line. Each new application gets this list to tick off.', max_length=4000, verbose_name='documents needed'),
        ),
        migrations.AddField(
            model_name='fundingprogramme',
            name='grant_max',
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='grant at most (€)'),
        ),
        migrations.AddField(
            model_name='fundingprogramme',
            name='grant_min',
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='grant at least (€)'),
        ),
        migrations.AddField(
            model_name='fundingprogramme',
            name='higher_rate',
            field=models.DecimalField(blank=True, decimal_places=2, help_text='Where a condition is met, such as little money.', max_digits=5, null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)], verbose_name='higher rate (%)'),
        ),
        migrations.AddField(
            model_name='fundingprogramme',
            name='higher_rate_for',
            field=models.CharField(blank=True, max_length=160, verbose_name='higher rate for'),
        ),
        migrations.AddField(
            model_name='fundingprogramme',
            name='level',
            field=models.CharField(choices=[('federal', 'federal government'), ('state', 'state'), ('eu', 'European Union'), ('foundation', 'foundation'), ('other', 'other')], default='other', max_length=12, verbose_name='level'),
        ),
        migrations.AddField(
            model_name='fundingprogramme',
            name='only_before_start',
            field=models.BooleanField(default=True, help_text='Most programmes fund only what has not been ordered yet.', verbose_name='only before work has begun'),
        ),
        migrations.AddField(
            model_name='fundingprogramme',
            name='states',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=6), blank=True, default=list, size=None, verbose_name='states'),
        ),
        migrations.AddField(
            model_name='fundingprogramme',
            name='topics',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.SlugField(max_length=40), blank=True, default=list, size=None, verbose_name='topics'),
        ),
        migrations.AddField(
            model_name='fundingprogramme',
            name='unconfirmed',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('call', 'calls'), ('rate', 'rate'), ('amounts', 'amounts'), ('applicants', 'who may apply'), ('topics', 'topics'), ('combinability', 'combination with other funding'), ('documents', 'documents needed')], max_length=16), blank=True, default=list, size=None, verbose_name='still to be confirmed'),
        ),
        migrations.AlterField(
            model_name='fundingprogramme',
            name='rate',
            field=models.DecimalField(blank=True, decimal_places=2, help_text='Of the eligible cost. Leave it empty if it is not fixed.', max_digits=5, null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)], verbose_name='funding rate (%)'),
        ),
        migrations.AlterField(
            model_name='fundingprogramme',
            name='who_may_apply',
            field=models.CharField(blank=True, max_length=200, verbose_name='more about who may apply'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='fundingapplication',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "projects_fundingapplicationevent" ("agency_id", "applied_for", "begins_on", "closes_on", "conditions", "decided_on", "disbursed", "ends_on", "file_number", "funding_programme_id", "granted", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "project_id", "proof_due_on", "proof_handed_in_on", "status", "submitted_on") VALUES (NEW."agency_id", NEW."applied_for", NEW."begins_on", NEW."closes_on", NEW."conditions", NEW."decided_on", NEW."disbursed", NEW."ends_on", NEW."file_number", NEW."funding_programme_id", NEW."granted", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."project_id", NEW."proof_due_on", NEW."proof_handed_in_on", NEW."status", NEW."submitted_on"); RETURN NULL;', hash='f399f196c556d3bfaf6cbb8571b7b5784d1d1b4f', operation='INSERT', pgid='pgtrigger_insert_insert_2495d', table='projects_fundingapplication', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='fundingapplication',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "projects_fundingapplicationevent" ("agency_id", "applied_for", "begins_on", "closes_on", "conditions", "decided_on", "disbursed", "ends_on", "file_number", "funding_programme_id", "granted", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "project_id", "proof_due_on", "proof_handed_in_on", "status", "submitted_on") VALUES (NEW."agency_id", NEW."applied_for", NEW."begins_on", NEW."closes_on", NEW."conditions", NEW."decided_on", NEW."disbursed", NEW."ends_on", NEW."file_number", NEW."funding_programme_id", NEW."granted", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."project_id", NEW."proof_due_on", NEW."proof_handed_in_on", NEW."status", NEW."submitted_on"); RETURN NULL;', hash='d68f3f86136ab61488326ef4eae6246b24b68f55', operation='UPDATE', pgid='pgtrigger_update_update_0ebd1', table='projects_fundingapplication', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='fundingapplication',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "projects_fundingapplicationevent" ("agency_id", "applied_for", "begins_on", "closes_on", "conditions", "decided_on", "disbursed", "ends_on", "file_number", "funding_programme_id", "granted", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "project_id", "proof_due_on", "proof_handed_in_on", "status", "submitted_on") VALUES (OLD."agency_id", OLD."applied_for", OLD."begins_on", OLD."closes_on", OLD."conditions", OLD."decided_on", OLD."disbursed", OLD."ends_on", OLD."file_number", OLD."funding_programme_id", OLD."granted", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."project_id", OLD."proof_due_on", OLD."proof_handed_in_on", OLD."status", OLD."submitted_on"); RETURN NULL;', hash='e5fc81c9419c394d48b68a5a3ddd52448e29af0c', operation='DELETE', pgid='pgtrigger_delete_delete_de88d', table='projects_fundingapplication', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='fundingprogramme',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "projects_fundingprogrammeevent" ("agency_id", "applicants", "checked_on", "combinability", "combinability_note", "combines_with", "cost_max", "cost_min", "documents", "funder", "grant_max", "grant_min", "higher_rate", "higher_rate_for", "id", "level", "link", "name", "only_before_start", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "rate", "states", "topics", "unconfirmed", "who_may_apply") VALUES (NEW."agency_id", NEW."applicants", NEW."checked_on", NEW."combinability", NEW."combinability_note", NEW."combines_with", NEW."cost_max", NEW."cost_min", NEW."documents", NEW."funder", NEW."grant_max", NEW."grant_min", NEW."higher_rate", NEW."higher_rate_for", NEW."id", NEW."level", NEW."link", NEW."name", NEW."only_before_start", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."rate", NEW."states", NEW."topics", NEW."unconfirmed", NEW."who_may_apply"); RETURN NULL;', hash='40b332cacfd5d61b1541266b56d44cfb793c8407', operation='INSERT', pgid='pgtrigger_insert_insert_dc88a', table='projects_fundingprogramme', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='fundingprogramme',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "projects_fundingprogrammeevent" ("agency_id", "applicants", "checked_on", "combinability", "combinability_note", "combines_with", "cost_max", "cost_min", "documents", "funder", "grant_max", "grant_min", "higher_rate", "higher_rate_for", "id", "level", "link", "name", "only_before_start", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "rate", "states", "topics", "unconfirmed", "who_may_apply") VALUES (NEW."agency_id", NEW."applicants", NEW."checked_on", NEW."combinability", NEW."combinability_note", NEW."combines_with", NEW."cost_max", NEW."cost_min", NEW."documents", NEW."funder", NEW."grant_max", NEW."grant_min", NEW."higher_rate", NEW."higher_rate_for", NEW."id", NEW."level", NEW."link", NEW."name", NEW."only_before_start", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."rate", NEW."states", NEW."topics", NEW."unconfirmed", NEW."who_may_apply"); RETURN NULL;', hash='b8b46baa4d04440fac64ad5ef85e74236e2b3b25', operation='UPDATE', pgid='pgtrigger_update_update_dec49', table='projects_fundingprogramme', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='fundingprogramme',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "projects_fundingprogrammeevent" ("agency_id", "applicants", "checked_on", "combinability", "combinability_note", "combines_with", "cost_max", "cost_min", "documents", "funder", "grant_max", "grant_min", "higher_rate", "higher_rate_for", "id", "level", "link", "name", "only_before_start", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "rate", "states", "topics", "unconfirmed", "who_may_apply") VALUES (OLD."agency_id", OLD."applicants", OLD."checked_on", OLD."combinability", OLD."combinability_note", OLD."combines_with", OLD."cost_max", OLD."cost_min", OLD."documents", OLD."funder", OLD."grant_max", OLD."grant_min", OLD."higher_rate", OLD."higher_rate_for", OLD."id", OLD."level", OLD."link", OLD."name", OLD."only_before_start", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."rate", OLD."states", OLD."topics", OLD."unconfirmed", OLD."who_may_apply"); RETURN NULL;', hash='cb418cf6d5cbeae507f53ed54ccac0cc94eee007', operation='DELETE', pgid='pgtrigger_delete_delete_71975', table='projects_fundingprogramme', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='fundingapplication',
            constraint=models.CheckConstraint(condition=models.Q(('disbursed__isnull', True), ('disbursed__gte', 0), _connector='OR'), name='disbursed_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='fundingapplication',
            constraint=models.CheckConstraint(condition=models.Q(('begins_on__isnull', True), ('ends_on__isnull', True), ('begins_on__lte', models.F('ends_on')), _connector='OR'), name='funding_period_in_order'),
        ),
        migrations.AddConstraint(
            model_name='fundingapplication',
            constraint=models.CheckConstraint(condition=models.Q(('proof_handed_in_on__isnull', True), ('status', 'granted'), _connector='OR'), name='only_grants_are_proven'),
        ),
        migrations.AddConstraint(
            model_name='fundingprogramme',
            constraint=models.CheckConstraint(condition=models.Q(('higher_rate__gte', models.F('rate')), ('higher_rate__lte', 100)), name='higher_rate_is_higher'),
        ),
        migrations.AddConstraint(
            model_name='fundingprogramme',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cost_min__isnull', True), ('cost_min__gte', 0), _connector='OR'), models.Q(('cost_max__isnull', True), ('cost_max__gte', 0), _connector='OR'), models.Q(('grant_min__isnull', True), ('grant_min__gte', 0), _connector='OR'), models.Q(('grant_max__isnull', True), ('grant_max__gte', 0), _connector='OR')), name='limits_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='fundingprogramme',
            constraint=models.CheckConstraint(condition=models.Q(('cost_min__isnull', True), ('cost_max__isnull', True), ('cost_min__lte', models.F('cost_max')), _connector='OR'), name='cost_limits_in_order'),
        ),
        migrations.AddConstraint(
            model_name='fundingprogramme',
            constraint=models.CheckConstraint(condition=models.Q(('grant_min__isnull', True), ('grant_max__isnull', True), ('grant_min__lte', models.F('grant_max')), _connector='OR'), name='grant_limits_in_order'),
        ),
    ])
