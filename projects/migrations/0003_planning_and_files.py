import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import klikks.tenancy
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from klikks.migrating import together


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0002_walls_of_accounts'),
        ('communes', '0002_search_with_typing_errors'),
        ('projects', '0002_views'),
    ]

    operations = together([
        migrations.CreateModel(
            name='ProjectCopy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source_id', models.BigIntegerField()),
            ],
            options={
                'db_table': 'projects_copy',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='PublicDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=120)),
                ('file', models.CharField(max_length=100)),
            ],
            options={
                'db_table': 'projects_publicdocument',
                'ordering': ['pk'],
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='PublicPhoto',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file', models.CharField(max_length=100)),
                ('alt', models.CharField(max_length=200)),
                ('position', models.PositiveSmallIntegerField()),
            ],
            options={
                'db_table': 'projects_publicphoto',
                'ordering': ['position', 'pk'],
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='CostItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('what', models.CharField(max_length=160, verbose_name='what')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14, validators=[django.core.validators.MinValueValidator(0)], verbose_name='amount (€)')),
                ('agency', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cost_items', to='projects.project', verbose_name='project')),
            ],
            options={
                'verbose_name': 'cost item',
                'verbose_name_plural': 'costs',
                'ordering': ['pk'],
                'abstract': False,
                'constraints': [klikks.tenancy.AgencyWall(name='projects_costitem_wall'), models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='cost_not_negative')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "projects_costitemevent" ("agency_id", "amount", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "project_id", "what") VALUES (NEW."agency_id", NEW."amount", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."project_id", NEW."what"); RETURN NULL;', hash='fd619963ffe8adb191e3e41e097e87d5378d04a6', operation='INSERT', pgid='pgtrigger_insert_insert_46d63', table='projects_costitem', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "projects_costitemevent" ("agency_id", "amount", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "project_id", "what") VALUES (NEW."agency_id", NEW."amount", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."project_id", NEW."what"); RETURN NULL;', hash='a69d83dac63e1c75490dc0e67665e622357b26da', operation='UPDATE', pgid='pgtrigger_update_update_4a371', table='projects_costitem', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "projects_costitemevent" ("agency_id", "amount", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "project_id", "what") VALUES (OLD."agency_id", OLD."amount", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."project_id", OLD."what"); RETURN NULL;', hash='7ddd7eb577d4ae7f66847560154c6f2780100d7b', operation='DELETE', pgid='pgtrigger_delete_delete_e5404', table='projects_costitem', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='CostItemEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('what', models.CharField(max_length=160, verbose_name='what')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14, validators=[django.core.validators.MinValueValidator(0)], verbose_name='amount (€)')),
                ('agency', models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agencies.agency')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='projects.costitem')),
                ('project', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='projects.project', verbose_name='project')),
            ],
            options={
                'abstract': False,
                'constraints': [klikks.tenancy.AgencyWall(name='projects_costitem_history_wall')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='74bc51a1e8b985ca334de6e145a7af97c3b5079b', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_5c3e5', table='projects_costitemevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='FinancingPart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('own', 'own funds'), ('grant', 'grant'), ('donation', 'donation'), ('in_kind', 'in kind')], default='own', max_length=12, verbose_name='kind')),
                ('source', models.CharField(blank=True, max_length=160, verbose_name='from whom, or what')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14, validators=[django.core.validators.MinValueValidator(0)], verbose_name='amount (€)')),
                ('agency', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='financing_parts', to='projects.project', verbose_name='project')),
            ],
            options={
                'verbose_name': 'part of the financing',
                'verbose_name_plural': 'financing plan',
                'ordering': ['pk'],
                'abstract': False,
                'constraints': [klikks.tenancy.AgencyWall(name='projects_financingpart_wall'), models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='financing_not_negative')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "projects_financingpartevent" ("agency_id", "amount", "id", "kind", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "project_id", "source") VALUES (NEW."agency_id", NEW."amount", NEW."id", NEW."kind", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."project_id", NEW."source"); RETURN NULL;', hash='fb8aff2139f1f8f2ddd7eb40d89dcfae1fc350e4', operation='INSERT', pgid='pgtrigger_insert_insert_5ceea', table='projects_financingpart', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "projects_financingpartevent" ("agency_id", "amount", "id", "kind", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "project_id", "source") VALUES (NEW."agency_id", NEW."amount", NEW."id", NEW."kind", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."project_id", NEW."source"); RETURN NULL;', hash='a8f09f07055e0f231828e0d76b27920c7e22a97f', operation='UPDATE', pgid='pgtrigger_update_update_4ebe9', table='projects_financingpart', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "projects_financingpartevent" ("agency_id", "amount", "id", "kind", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "project_id", "source") VALUES (OLD."agency_id", OLD."amount", OLD."id", OLD."kind", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."project_id", OLD."source"); RETURN NULL;', hash='5606393b6cd0b5f229d5d6e56e2c1f7f3e0f14bb', operation='DELETE', pgid='pgtrigger_delete_delete_8ba03', table='projects_financingpart', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='FinancingPartEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('kind', models.CharField(choices=[('own', 'own funds'), ('grant', 'grant'), ('donation', 'donation'), ('in_kind', 'in kind')], default='own', max_length=12, verbose_name='kind')),
                ('source', models.CharField(blank=True, max_length=160, verbose_name='from whom, or what')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=14, validators=[django.core.validators.MinValueValidator(0)], verbose_name='amount (€)')),
                ('agency', models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agencies.agency')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='projects.financingpart')),
                ('project', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='projects.project', verbose_name='project')),
            ],
            options={
                'abstract': False,
                'constraints': [klikks.tenancy.AgencyWall(name='projects_financingpart_history_wall')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='668a5283976d963b0f557ea250df53ab732967e4', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_39c45', table='projects_financingpartevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Milestone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=100, verbose_name='title')),
                ('due_on', models.DateField(verbose_name='due on')),
                ('done_on', models.DateField(blank=True, null=True, verbose_name='done on')),
                ('agency', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='milestones', to='projects.project', verbose_name='project')),
            ],
            options={
                'verbose_name': 'milestone',
                'verbose_name_plural': 'milestones',
                'ordering': ['due_on', 'pk'],
                'abstract': False,
                'constraints': [klikks.tenancy.AgencyWall(name='projects_milestone_wall'), models.UniqueConstraint(fields=('project', 'title'), name='one_milestone_a_title', violation_error_message='The project has a milestone of this name already.')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "projects_milestoneevent" ("agency_id", "done_on", "due_on", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "project_id", "title") VALUES (NEW."agency_id", NEW."done_on", NEW."due_on", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."project_id", NEW."title"); RETURN NULL;', hash='abae9968b24e4bcb937cea227b264c299d820147', operation='INSERT', pgid='pgtrigger_insert_insert_2945c', table='projects_milestone', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "projects_milestoneevent" ("agency_id", "done_on", "due_on", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "project_id", "title") VALUES (NEW."agency_id", NEW."done_on", NEW."due_on", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."project_id", NEW."title"); RETURN NULL;', hash='5eb36dcf0c2b0722d73e0c2f4b66bf0b88c9b852', operation='UPDATE', pgid='pgtrigger_update_update_96e58', table='projects_milestone', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "projects_milestoneevent" ("agency_id", "done_on", "due_on", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "project_id", "title") VALUES (OLD."agency_id", OLD."done_on", OLD."due_on", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."project_id", OLD."title"); RETURN NULL;', hash='48249a55e753544652758f3d2f32e8044040e895', operation='DELETE', pgid='pgtrigger_delete_delete_fed44', table='projects_milestone', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='MilestoneEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('title', models.CharField(max_length=100, verbose_name='title')),
                ('due_on', models.DateField(verbose_name='due on')),
                ('done_on', models.DateField(blank=True, null=True, verbose_name='done on')),
                ('agency', models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agencies.agency')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='projects.milestone')),
                ('project', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='projects.project', verbose_name='project')),
            ],
            options={
                'abstract': False,
                'constraints': [klikks.tenancy.AgencyWall(name='projects_milestone_history_wall')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='3650ccc777918a130ef41c08626f724bf1940708', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_bab76', table='projects_milestoneevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='ProjectDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_public', models.BooleanField(default=False, verbose_name='may be shown to the public')),
                ('released_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='released at')),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='added at')),
                ('title', models.CharField(max_length=120, verbose_name='title')),
                ('file', models.FileField(editable=False, upload_to='projects/documents/', verbose_name='file')),
                ('agency', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='documents', to='projects.project', verbose_name='project')),
            ],
            options={
                'verbose_name': 'document',
                'verbose_name_plural': 'documents',
                'ordering': ['pk'],
                'abstract': False,
                'constraints': [klikks.tenancy.AgencyWall(name='projects_projectdocument_wall')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "projects_projectdocumentevent" ("added_at", "agency_id", "file", "id", "is_public", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "project_id", "released_at", "title") VALUES (NEW."added_at", NEW."agency_id", NEW."file", NEW."id", NEW."is_public", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."project_id", NEW."released_at", NEW."title"); RETURN NULL;', hash='668af82ca9638773565892beec77b91870d508dd', operation='INSERT', pgid='pgtrigger_insert_insert_693d1', table='projects_projectdocument', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "projects_projectdocumentevent" ("added_at", "agency_id", "file", "id", "is_public", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "project_id", "released_at", "title") VALUES (NEW."added_at", NEW."agency_id", NEW."file", NEW."id", NEW."is_public", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."project_id", NEW."released_at", NEW."title"); RETURN NULL;', hash='7d66dfc3b5bb74b4c308529b6586aa665d5a4e71', operation='UPDATE', pgid='pgtrigger_update_update_3f849', table='projects_projectdocument', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "projects_projectdocumentevent" ("added_at", "agency_id", "file", "id", "is_public", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "project_id", "released_at", "title") VALUES (OLD."added_at", OLD."agency_id", OLD."file", OLD."id", OLD."is_public", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."project_id", OLD."released_at", OLD."title"); RETURN NULL;', hash='67928dfdce8a4336fdc472a3eb8272c736abe06d', operation='DELETE', pgid='pgtrigger_delete_delete_7731d', table='projects_projectdocument', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='ProjectDocumentEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('is_public', models.BooleanField(default=False, verbose_name='may be shown to the public')),
                ('released_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='released at')),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='added at')),
                ('title', models.CharField(max_length=120, verbose_name='title')),
                ('file', models.FileField(editable=False, upload_to='projects/documents/', verbose_name='file')),
                ('agency', models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agencies.agency')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='projects.projectdocument')),
                ('project', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='projects.project', verbose_name='project')),
            ],
            options={
                'abstract': False,
                'constraints': [klikks.tenancy.AgencyWall(name='projects_projectdocument_history_wall')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='3a2ee1244ac1b7990e937107c681bfcb65cc124b', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_d4f52', table='projects_projectdocumentevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='ProjectPhoto',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_public', models.BooleanField(default=False, verbose_name='may be shown to the public')),
                ('released_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='released at')),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='added at')),
                ('file', models.FileField(editable=False, upload_to='projects/photos/', verbose_name='photo')),
                ('alt', models.CharField(max_length=200, verbose_name='what the photo shows')),
                ('position', models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='position')),
                ('agency', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='photos', to='projects.project', verbose_name='project')),
            ],
            options={
                'verbose_name': 'photo',
                'verbose_name_plural': 'photos',
                'ordering': ['position', 'pk'],
                'abstract': False,
                'constraints': [klikks.tenancy.AgencyWall(name='projects_projectphoto_wall')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "projects_projectphotoevent" ("added_at", "agency_id", "alt", "file", "id", "is_public", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "project_id", "released_at") VALUES (NEW."added_at", NEW."agency_id", NEW."alt", NEW."file", NEW."id", NEW."is_public", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."position", NEW."project_id", NEW."released_at"); RETURN NULL;', hash='0539a3ab844bec61c880bcfbe244cd844651dcaa', operation='INSERT', pgid='pgtrigger_insert_insert_b1dbb', table='projects_projectphoto', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "projects_projectphotoevent" ("added_at", "agency_id", "alt", "file", "id", "is_public", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "project_id", "released_at") VALUES (NEW."added_at", NEW."agency_id", NEW."alt", NEW."file", NEW."id", NEW."is_public", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."position", NEW."project_id", NEW."released_at"); RETURN NULL;', hash='710329602fa1a5d5fd36b3d9d1df3b841d6ae901', operation='UPDATE', pgid='pgtrigger_update_update_d7b0c', table='projects_projectphoto', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "projects_projectphotoevent" ("added_at", "agency_id", "alt", "file", "id", "is_public", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "position", "project_id", "released_at") VALUES (OLD."added_at", OLD."agency_id", OLD."alt", OLD."file", OLD."id", OLD."is_public", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."position", OLD."project_id", OLD."released_at"); RETURN NULL;', hash='31d2837bcdc1d8741db585d9f6b3ab3b72e33f6e', operation='DELETE', pgid='pgtrigger_delete_delete_d5daf', table='projects_projectphoto', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='ProjectPhotoEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('is_public', models.BooleanField(default=False, verbose_name='may be shown to the public')),
                ('released_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='released at')),
                ('added_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='added at')),
                ('file', models.FileField(editable=False, upload_to='projects/photos/', verbose_name='photo')),
                ('alt', models.CharField(max_length=200, verbose_name='what the photo shows')),
                ('position', models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='position')),
                ('agency', models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agencies.agency')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='projects.projectphoto')),
                ('project', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='projects.project', verbose_name='project')),
            ],
            options={
                'abstract': False,
                'constraints': [klikks.tenancy.AgencyWall(name='projects_projectphoto_history_wall')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='52fe379f85b1de7327d326dbbfd0e3eddfe1008c', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_d761b', table='projects_projectphotoevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Supporter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('volunteer', 'volunteer'), ('club', 'club'), ('utility', 'municipal utility'), ('school', 'school'), ('company', 'company'), ('other', 'other')], default='volunteer', max_length=12, verbose_name='kind')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('role', models.CharField(blank=True, max_length=160, verbose_name='what they do')),
                ('contact', models.CharField(blank=True, max_length=160, verbose_name='how to reach them')),
                ('agency', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('project', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='supporters', to='projects.project', verbose_name='project')),
            ],
            options={
                'verbose_name': 'helper or partner',
                'verbose_name_plural': 'helpers and partners',
                'ordering': ['pk'],
                'abstract': False,
                'constraints': [klikks.tenancy.AgencyWall(name='projects_supporter_wall')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "projects_supporterevent" ("agency_id", "contact", "id", "kind", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "project_id", "role") VALUES (NEW."agency_id", NEW."contact", NEW."id", NEW."kind", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."project_id", NEW."role"); RETURN NULL;', hash='dd2d63835fb68461af2c36b44cd404bdf94208d9', operation='INSERT', pgid='pgtrigger_insert_insert_eeb3e', table='projects_supporter', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "projects_supporterevent" ("agency_id", "contact", "id", "kind", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "project_id", "role") VALUES (NEW."agency_id", NEW."contact", NEW."id", NEW."kind", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."project_id", NEW."role"); RETURN NULL;', hash='105bd7322532045e2f6a0447d47a60e676f0c480', operation='UPDATE', pgid='pgtrigger_update_update_b2508', table='projects_supporter', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "projects_supporterevent" ("agency_id", "contact", "id", "kind", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "project_id", "role") VALUES (OLD."agency_id", OLD."contact", OLD."id", OLD."kind", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."project_id", OLD."role"); RETURN NULL;', hash='a8d41ebdf6b0d1a34abf72f40181992be784af44', operation='DELETE', pgid='pgtrigger_delete_delete_9d81b', table='projects_supporter', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='SupporterEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('kind', models.CharField(choices=[('volunteer', 'volunteer'), ('club', 'club'), ('utility', 'municipal utility'), ('school', 'school'), ('company', 'company'), ('other', 'other')], default='volunteer', max_length=12, verbose_name='kind')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('role', models.CharField(blank=True, max_length=160, verbose_name='what they do')),
                ('contact', models.CharField(blank=True, max_length=160, verbose_name='how to reach them')),
                ('agency', models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agencies.agency')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='projects.supporter')),
                ('project', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='projects.project', verbose_name='project')),
            ],
            options={
                'abstract': False,
                'constraints': [klikks.tenancy.AgencyWall(name='projects_supporter_history_wall')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='f25394552f0077054121fa06ac822270128b0ad0', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_48297', table='projects_supporterevent', when='BEFORE'))],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='project',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='project',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='project',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='project',
            name='copied_public',
            field=models.BigIntegerField(blank=True, editable=False, null=True, verbose_name="copied from another agency's project"),
        ),
        migrations.AddField(
            model_name='project',
            name='proposed_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='proposed for release at'),
        ),
        migrations.AddField(
            model_name='projectevent',
            name='copied_public',
            field=models.BigIntegerField(blank=True, editable=False, null=True, verbose_name="copied from another agency's project"),
        ),
        migrations.AddField(
            model_name='projectevent',
            name='proposed_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='proposed for release at'),
        ),
        migrations.AddIndex(
            model_name='project',
            index=models.Index(condition=models.Q(('released_at__isnull', False)), fields=['-released_at', '-id'], name='project_released'),
        ),
        migrations.AddIndex(
            model_name='project',
            index=models.Index(condition=models.Q(('copied_public__isnull', False)), fields=['copied_public'], name='project_copied'),
        ),
        migrations.AddIndex(
            model_name='project',
            index=models.Index(condition=models.Q(('proposed_at__isnull', False)), fields=['agency'], name='project_proposed'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='project',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "projects_projectevent" ("agency_id", "commune_id", "copied_from_id", "copied_public", "created_at", "description", "done_on", "ends_on", "id", "investment", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "proposed_at", "public_summary", "released_at", "starts_on", "status", "title", "topic_id") VALUES (NEW."agency_id", NEW."commune_id", NEW."copied_from_id", NEW."copied_public", NEW."created_at", NEW."description", NEW."done_on", NEW."ends_on", NEW."id", NEW."investment", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."programme_id", NEW."proposed_at", NEW."public_summary", NEW."released_at", NEW."starts_on", NEW."status", NEW."title", NEW."topic_id"); RETURN NULL;', hash='1a151f1ac0c5dad4eb357dffe24a32f030936400', operation='INSERT', pgid='pgtrigger_insert_insert_2e147', table='projects_project', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='project',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "projects_projectevent" ("agency_id", "commune_id", "copied_from_id", "copied_public", "created_at", "description", "done_on", "ends_on", "id", "investment", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "proposed_at", "public_summary", "released_at", "starts_on", "status", "title", "topic_id") VALUES (NEW."agency_id", NEW."commune_id", NEW."copied_from_id", NEW."copied_public", NEW."created_at", NEW."description", NEW."done_on", NEW."ends_on", NEW."id", NEW."investment", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."programme_id", NEW."proposed_at", NEW."public_summary", NEW."released_at", NEW."starts_on", NEW."status", NEW."title", NEW."topic_id"); RETURN NULL;', hash='b532e8d9ad29fcdf7e2de2d87763edbf77c3068e', operation='UPDATE', pgid='pgtrigger_update_update_804c3', table='projects_project', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='project',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "projects_projectevent" ("agency_id", "commune_id", "copied_from_id", "copied_public", "created_at", "description", "done_on", "ends_on", "id", "investment", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "proposed_at", "public_summary", "released_at", "starts_on", "status", "title", "topic_id") VALUES (OLD."agency_id", OLD."commune_id", OLD."copied_from_id", OLD."copied_public", OLD."created_at", OLD."description", OLD."done_on", OLD."ends_on", OLD."id", OLD."investment", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."programme_id", OLD."proposed_at", OLD."public_summary", OLD."released_at", OLD."starts_on", OLD."status", OLD."title", OLD."topic_id"); RETURN NULL;', hash='6073172d7039a174f7cd2e84e70b824b5910b315', operation='DELETE', pgid='pgtrigger_delete_delete_2192f', table='projects_project', when='AFTER')),
        ),
    ])
