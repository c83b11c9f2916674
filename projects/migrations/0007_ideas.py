import django.db.models.deletion
import django.db.models.functions.text
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
        ('projects', '0006_savings_without_the_one_factor'),
    ]

    operations = together([
        migrations.CreateModel(
            name='IdeaCredit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('project_id', models.BigIntegerField()),
                ('author', models.CharField(max_length=120)),
            ],
            options={
                'db_table': 'projects_ideacredit',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='IdeaFollow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail')),
                ('language', models.CharField(choices=[('de', 'German'), ('en', 'English')], default='de', max_length=2, verbose_name='language')),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='asked for at')),
                ('confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='confirmed at')),
                ('agency', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('idea', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='follows', to='projects.idea', verbose_name='idea')),
            ],
            options={
                'verbose_name': 'follower of an idea',
                'verbose_name_plural': 'followers of ideas',
                'abstract': False,
                'constraints': [klikks.tenancy.AgencyWall(name='projects_ideafollow_wall'), models.UniqueConstraint(models.F('idea'), django.db.models.functions.text.Lower('email'), name='one_follow_an_address')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "projects_ideafollowevent" ("agency_id", "asked_at", "confirmed_at", "email", "id", "idea_id", "language", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."agency_id", NEW."asked_at", NEW."confirmed_at", NEW."email", NEW."id", NEW."idea_id", NEW."language", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id"); RETURN NULL;', hash='7593507b5e3749c7c0979d736210e9ea870e8810', operation='INSERT', pgid='pgtrigger_insert_insert_2e42f', table='projects_ideafollow', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "projects_ideafollowevent" ("agency_id", "asked_at", "confirmed_at", "email", "id", "idea_id", "language", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."agency_id", NEW."asked_at", NEW."confirmed_at", NEW."email", NEW."id", NEW."idea_id", NEW."language", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id"); RETURN NULL;', hash='29f9e0bb8a2e85ed79e2e445a46ec757f7fbe3c6', operation='UPDATE', pgid='pgtrigger_update_update_0f0a1', table='projects_ideafollow', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "projects_ideafollowevent" ("agency_id", "asked_at", "confirmed_at", "email", "id", "idea_id", "language", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."agency_id", OLD."asked_at", OLD."confirmed_at", OLD."email", OLD."id", OLD."idea_id", OLD."language", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id"); RETURN NULL;', hash='fd4b2e8b537d68dad4ae7fa00835b38848c6e2cc', operation='DELETE', pgid='pgtrigger_delete_delete_e7def', table='projects_ideafollow', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='IdeaFollowEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail')),
                ('language', models.CharField(choices=[('de', 'German'), ('en', 'English')], default='de', max_length=2, verbose_name='language')),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='asked for at')),
                ('confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='confirmed at')),
                ('agency', models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agencies.agency')),
                ('idea', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='projects.idea', verbose_name='idea')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='projects.ideafollow')),
            ],
            options={
                'abstract': False,
                'constraints': [klikks.tenancy.AgencyWall(name='projects_ideafollow_history_wall')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='a020a4a532f2660f194d552b574361db46b8cb7f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_43b0f', table='projects_ideafollowevent', when='BEFORE'))],
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='idea',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='idea',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='idea',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='idea',
            name='closed_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='declined, or its project done, at'),
        ),
        migrations.AddField(
            model_name='idea',
            name='photo',
            field=models.FileField(blank=True, editable=False, upload_to='ideas/', verbose_name='photo'),
        ),
        migrations.AddField(
            model_name='idea',
            name='photo_alt',
            field=models.CharField(blank=True, max_length=200, verbose_name='what the photo shows'),
        ),
        migrations.AddField(
            model_name='ideaevent',
            name='closed_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='declined, or its project done, at'),
        ),
        migrations.AddField(
            model_name='ideaevent',
            name='photo',
            field=models.FileField(blank=True, editable=False, upload_to='ideas/', verbose_name='photo'),
        ),
        migrations.AddField(
            model_name='ideaevent',
            name='photo_alt',
            field=models.CharField(blank=True, max_length=200, verbose_name='what the photo shows'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='idea',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "projects_ideaevent" ("agency_id", "author", "closed_at", "commune_id", "email", "id", "language", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "photo", "photo_alt", "programme_id", "project_id", "received_at", "released_at", "shows_author", "status", "text", "title", "topic_id") VALUES (NEW."agency_id", NEW."author", NEW."closed_at", NEW."commune_id", NEW."email", NEW."id", NEW."language", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."photo", NEW."photo_alt", NEW."programme_id", NEW."project_id", NEW."received_at", NEW."released_at", NEW."shows_author", NEW."status", NEW."text", NEW."title", NEW."topic_id"); RETURN NULL;', hash='e1560d3e5b1df4659def533fff2907a5eac38c1c', operation='INSERT', pgid='pgtrigger_insert_insert_8b3c3', table='projects_idea', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='idea',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "projects_ideaevent" ("agency_id", "author", "closed_at", "commune_id", "email", "id", "language", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "photo", "photo_alt", "programme_id", "project_id", "received_at", "released_at", "shows_author", "status", "text", "title", "topic_id") VALUES (NEW."agency_id", NEW."author", NEW."closed_at", NEW."commune_id", NEW."email", NEW."id", NEW."language", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."photo", NEW."photo_alt", NEW."programme_id", NEW."project_id", NEW."received_at", NEW."released_at", NEW."shows_author", NEW."status", NEW."text", NEW."title", NEW."topic_id"); RETURN NULL;', hash='5a5016d3fa7b21c5c333b7bd5bf00f2fdab25303', operation='UPDATE', pgid='pgtrigger_update_update_c6ae8', table='projects_idea', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='idea',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "projects_ideaevent" ("agency_id", "author", "closed_at", "commune_id", "email", "id", "language", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "photo", "photo_alt", "programme_id", "project_id", "received_at", "released_at", "shows_author", "status", "text", "title", "topic_id") VALUES (OLD."agency_id", OLD."author", OLD."closed_at", OLD."commune_id", OLD."email", OLD."id", OLD."language", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."photo", OLD."photo_alt", OLD."programme_id", OLD."project_id", OLD."received_at", OLD."released_at", OLD."shows_author", OLD."status", OLD."text", OLD."title", OLD."topic_id"); RETURN NULL;', hash='60d84318e805b305a2279b3254f824a52c01ca61', operation='DELETE', pgid='pgtrigger_delete_delete_305e2', table='projects_idea', when='AFTER')),
        ),
    ])
