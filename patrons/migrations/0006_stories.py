"""Experience reports get a life cycle and a photo, and a view through which everybody reads the released ones."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

# Only what is released; the author's name and municipality only where that was agreed.
CREATE_PUBLIC = """
CREATE VIEW patrons_publicstory WITH (security_barrier) AS
SELECT
    story.id AS id,
    patron.programme_id AS programme_id,
    agency.state_id AS state_id,
    story.title AS title,
    story.body AS body,
    story.language AS language,
    story.released_at AS released_at,
    story.photo AS photo,
    story.photo_alt AS photo_alt,
    CASE WHEN story.is_named THEN patron.first_name || ' ' || patron.last_name ELSE '' END AS name,
    CASE WHEN story.is_named THEN coalesce(
        (SELECT string_agg(commune.name, ', ' ORDER BY appointment.appointed_on, appointment.id)
         FROM patrons_appointment appointment JOIN communes_commune commune ON commune.id = appointment.commune_id
         WHERE appointment.patron_id = patron.id AND appointment.ended_on IS NULL), '') ELSE '' END AS municipality
FROM patrons_story story
JOIN patrons_patron patron ON patron.id = story.patron_id
JOIN agencies_agency agency ON agency.id = story.agency_id
WHERE story.status = 'released'
"""

# Before there were drafts, whatever was written was for the staff to read.
OLD_ROWS = """
UPDATE patrons_story
SET status = CASE WHEN released_at IS NULL THEN 'handed_in' ELSE 'released' END
"""


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0004_labels_of_participations'),
        ('patrons', '0005_skills_and_consents'),
    ]

    operations = [
        migrations.CreateModel(
            name='PublicStory',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('title', models.CharField(max_length=120, verbose_name='title')),
                ('body', models.TextField(verbose_name='text')),
                ('language', models.CharField(max_length=2, verbose_name='language')),
                ('released_at', models.DateTimeField(verbose_name='released at')),
                ('photo', models.CharField(max_length=100, verbose_name='photo')),
                ('photo_alt', models.CharField(max_length=200, verbose_name='what the photo shows')),
                ('name', models.CharField(max_length=161, verbose_name='name')),
                ('municipality', models.CharField(max_length=400, verbose_name='municipality')),
            ],
            options={
                'verbose_name': 'experience report',
                'verbose_name_plural': 'experience reports',
                'db_table': 'patrons_publicstory',
                'ordering': ['-released_at', '-id'],
                'managed': False,
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='story',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='story',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='story',
            name='delete_delete',
        ),
        migrations.AddField(
            model_name='story',
            name='handed_in_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='handed in at'),
        ),
        migrations.AddField(
            model_name='story',
            name='is_named',
            field=models.BooleanField(default=False, editable=False, verbose_name='agrees to be named'),
        ),
        migrations.AddField(
            model_name='story',
            name='note',
            field=models.TextField(blank=True, editable=False, verbose_name='note of the staff'),
        ),
        migrations.AddField(
            model_name='story',
            name='photo',
            field=models.FileField(blank=True, editable=False, upload_to='stories/', verbose_name='photo'),
        ),
        migrations.AddField(
            model_name='story',
            name='photo_alt',
            field=models.CharField(blank=True, max_length=200, verbose_name='what the photo shows'),
        ),
        migrations.AddField(
            model_name='story',
            name='status',
            field=models.CharField(choices=[('draft', 'draft'), ('handed_in', 'handed in'), ('released', 'released')], default='draft', editable=False, max_length=12, verbose_name='status'),
        ),
        migrations.AddField(
            model_name='storyevent',
            name='handed_in_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='handed in at'),
        ),
        migrations.AddField(
            model_name='storyevent',
            name='is_named',
            field=models.BooleanField(default=False, editable=False, verbose_name='agrees to be named'),
        ),
        migrations.AddField(
            model_name='storyevent',
            name='note',
            field=models.TextField(blank=True, editable=False, verbose_name='note of the staff'),
        ),
        migrations.AddField(
            model_name='storyevent',
            name='photo',
            field=models.FileField(blank=True, editable=False, upload_to='stories/', verbose_name='photo'),
        ),
        migrations.AddField(
            model_name='storyevent',
            name='photo_alt',
            field=models.CharField(blank=True, max_length=200, verbose_name='what the photo shows'),
        ),
        migrations.AddField(
            model_name='storyevent',
            name='status',
            field=models.CharField(choices=[('draft', 'draft'), ('handed_in', 'handed in'), ('released', 'released')], default='draft', editable=False, max_length=12, verbose_name='status'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='story',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "patrons_storyevent" ("agency_id", "body", "handed_in_at", "id", "is_named", "language", "note", "patron_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "photo", "photo_alt", "released_at", "status", "title") VALUES (NEW."agency_id", NEW."body", NEW."handed_in_at", NEW."id", NEW."is_named", NEW."language", NEW."note", NEW."patron_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."photo", NEW."photo_alt", NEW."released_at", NEW."status", NEW."title"); RETURN NULL;', hash='a7e9933655badcd1d92d6abc9b8eaae01292f40b', operation='INSERT', pgid='pgtrigger_insert_insert_8596e', table='patrons_story', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='story',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "patrons_storyevent" ("agency_id", "body", "handed_in_at", "id", "is_named", "language", "note", "patron_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "photo", "photo_alt", "released_at", "status", "title") VALUES (NEW."agency_id", NEW."body", NEW."handed_in_at", NEW."id", NEW."is_named", NEW."language", NEW."note", NEW."patron_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."photo", NEW."photo_alt", NEW."released_at", NEW."status", NEW."title"); RETURN NULL;', hash='543030df50ddafa1f6a8956851f92443032a7aaf', operation='UPDATE', pgid='pgtrigger_update_update_f8071', table='patrons_story', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='story',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "patrons_storyevent" ("agency_id", "body", "handed_in_at", "id", "is_named", "language", "note", "patron_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "photo", "photo_alt", "released_at", "status", "title") VALUES (OLD."agency_id", OLD."body", OLD."handed_in_at", OLD."id", OLD."is_named", OLD."language", OLD."note", OLD."patron_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."photo", OLD."photo_alt", OLD."released_at", OLD."status", OLD."title"); RETURN NULL;', hash='ab18cd646c3cda466c25e61426849d19978fb86c', operation='DELETE', pgid='pgtrigger_delete_delete_1ecf5', table='patrons_story', when='AFTER')),
        ),
        migrations.RunSQL(OLD_ROWS, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='story',
            constraint=models.CheckConstraint(condition=models.Q(('status', 'released'), ('released_at__isnull', True), _connector='XOR'), name='released_story_has_a_date'),
        ),
        migrations.RunSQL(CREATE_PUBLIC, "DROP VIEW patrons_publicstory"),
    ]
