"""The exchange among patrons, and the view through which they see each other across agencies."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import klikks.tenancy
import patrons.exchange.models
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

# One row a profile, for whoever belongs to an agency of the programme. Each column stays blank until the person has
# released it, and for people who are not in office any more.
CREATE_FACE = """
CREATE VIEW patrons_face WITH (security_barrier) AS
SELECT
    patron.id AS patron_id,
    patron.programme_id AS programme_id,
    agency.state_id AS state_id,
    agency.short_name AS agency_name,
    shown.is_listed AS is_listed,
    patron.status IN ('farewell', 'withdrawn') AS has_left,
    CASE WHEN shown.is_listed THEN patron.first_name || ' ' || patron.last_name ELSE '' END AS name,
    CASE WHEN shown.is_listed THEN patron.sort_name ELSE '' END AS sort_name,
    CASE WHEN shown.is_listed AND profile.shows_municipality THEN coalesce(
        (SELECT string_agg(commune.name, ', ' ORDER BY appointment.appointed_on, appointment.id)
         FROM patrons_appointment appointment JOIN communes_commune commune ON commune.id = appointment.commune_id
         WHERE appointment.patron_id = patron.id AND appointment.ended_on IS NULL), '') ELSE '' END AS municipality,
    CASE WHEN shown.is_listed AND profile.shows_topics THEN patron.topics ELSE '{}' END AS topics,
    CASE WHEN shown.is_listed AND profile.shows_about THEN profile.about ELSE '' END AS about,
    CASE WHEN shown.is_listed AND profile.shows_email THEN patron.email ELSE '' END AS email,
    CASE WHEN shown.is_listed AND profile.shows_phone THEN patron.phone ELSE '' END AS phone
FROM patrons_profile profile
JOIN patrons_patron patron ON patron.id = profile.patron_id
JOIN agencies_agency agency ON agency.id = patron.agency_id
CROSS JOIN LATERAL (
    SELECT profile.is_listed AND patron.status IN ('appointed', 'active', 'pausing') AS is_listed
) shown
WHERE patron.programme_id IN (
    SELECT participation.programme_id FROM agencies_participation participation
    WHERE participation.agency_id = nullif((SELECT current_setting('klikks.current_tenant', true)), '')::bigint
)
"""


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0004_labels_of_participations'),
        ('patrons', '0002_verification_view'),
    ]

    operations = [
        migrations.CreateModel(
            name='Face',
            fields=[
                ('patron_id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('agency_name', models.CharField(max_length=40)),
                ('is_listed', models.BooleanField()),
                ('has_left', models.BooleanField()),
                ('name', models.CharField(max_length=161)),
                ('sort_name', models.CharField(max_length=200)),
                ('municipality', models.CharField(max_length=400)),
                ('topics', django.contrib.postgres.fields.ArrayField(base_field=models.SlugField(max_length=40), size=None)),
                ('about', models.CharField(max_length=300)),
                ('email', models.CharField(max_length=254)),
                ('phone', models.CharField(max_length=128)),
            ],
            options={
                'db_table': 'patrons_face',
                'ordering': ['sort_name', 'patron_id'],
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='Complaint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(choices=[('offensive', 'It insults or threatens somebody.'), ('private', 'It contains personal details of others.'), ('advertising', 'It is advertising.'), ('wrong', 'It is wrong or misleading.'), ('other', 'Something else.')], max_length=12, verbose_name='reason')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='note')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='reported at')),
                ('agency', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('patron', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='patrons.patron')),
                ('post_agency', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
            ],
            options={
                'verbose_name': 'reported post',
                'verbose_name_plural': 'reported posts',
                'ordering': ['created_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Follow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('board', models.CharField(blank=True, max_length=40)),
                ('agency', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('patron', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='follows', to='patrons.patron')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Post',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('board', models.CharField(blank=True, max_length=40, verbose_name='board')),
                ('title', models.CharField(blank=True, max_length=120, verbose_name='title')),
                ('body', models.TextField(blank=True, validators=[django.core.validators.MaxLengthValidator(4000)], verbose_name='text')),
                ('mentions', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, editable=False, size=None)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='written at')),
                ('edited_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='changed at')),
                ('removed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='deleted at')),
                ('hidden_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='hidden at')),
                ('hidden_reason', models.CharField(blank=True, editable=False, max_length=500, verbose_name='reason for hiding')),
                ('reviewed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='looked at by staff')),
                ('agency', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('author', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='patrons.patron', verbose_name='written by')),
                ('helpful', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='patrons.post', verbose_name='helpful answer')),
                ('programme', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.programme')),
                ('question', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='patrons.post', verbose_name='question')),
            ],
            options={
                'verbose_name': 'post of the exchange',
                'verbose_name_plural': 'posts of the exchange',
                'ordering': ['created_at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='FollowEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('board', models.CharField(blank=True, max_length=40)),
                ('agency', models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agencies.agency')),
                ('patron', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patrons.patron')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='patrons.follow')),
                ('question', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patrons.post')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='follow',
            name='question',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='follows', to='patrons.post'),
        ),
        migrations.CreateModel(
            name='ComplaintEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('reason', models.CharField(choices=[('offensive', 'It insults or threatens somebody.'), ('private', 'It contains personal details of others.'), ('advertising', 'It is advertising.'), ('wrong', 'It is wrong or misleading.'), ('other', 'Something else.')], max_length=12, verbose_name='reason')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='note')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='reported at')),
                ('agency', models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agencies.agency')),
                ('patron', models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patrons.patron')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='patrons.complaint')),
                ('post_agency', models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agencies.agency')),
                ('post', models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patrons.post')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='complaint',
            name='post',
            field=models.ForeignKey(editable=False, on_delete=django.db.models.deletion.CASCADE, related_name='complaints', to='patrons.post'),
        ),
        migrations.CreateModel(
            name='PostEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('board', models.CharField(blank=True, max_length=40, verbose_name='board')),
                ('title', models.CharField(blank=True, max_length=120, verbose_name='title')),
                ('body', models.TextField(blank=True, validators=[django.core.validators.MaxLengthValidator(4000)], verbose_name='text')),
                ('mentions', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), blank=True, default=list, editable=False, size=None)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='written at')),
                ('edited_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='changed at')),
                ('removed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='deleted at')),
                ('hidden_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='hidden at')),
                ('hidden_reason', models.CharField(blank=True, editable=False, max_length=500, verbose_name='reason for hiding')),
                ('reviewed_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='looked at by staff')),
                ('agency', models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agencies.agency')),
                ('author', models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patrons.patron', verbose_name='written by')),
                ('helpful', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patrons.post', verbose_name='helpful answer')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='patrons.post')),
                ('programme', models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agencies.programme')),
                ('question', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patrons.post', verbose_name='question')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Profile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_listed', models.BooleanField(default=False, verbose_name='my name')),
                ('shows_municipality', models.BooleanField(default=False, verbose_name='my municipality')),
                ('shows_topics', models.BooleanField(default=False, verbose_name='my topics')),
                ('shows_about', models.BooleanField(default=False, verbose_name='the line about me')),
                ('shows_email', models.BooleanField(default=False, verbose_name='my e-mail address')),
                ('shows_phone', models.BooleanField(default=False, verbose_name='my phone number')),
                ('about', models.CharField(blank=True, max_length=300, verbose_name='a line about me')),
                ('digest', models.CharField(choices=[('daily', 'every day'), ('weekly', 'once a week'), ('off', 'never')], default='weekly', max_length=8, verbose_name='mail with what is new')),
                ('told_until', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('agency', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('patron', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='profile', to='patrons.patron', verbose_name='climate patron')),
            ],
            options={
                'verbose_name': 'profile',
                'verbose_name_plural': 'profiles',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ProfileEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('is_listed', models.BooleanField(default=False, verbose_name='my name')),
                ('shows_municipality', models.BooleanField(default=False, verbose_name='my municipality')),
                ('shows_topics', models.BooleanField(default=False, verbose_name='my topics')),
                ('shows_about', models.BooleanField(default=False, verbose_name='the line about me')),
                ('shows_email', models.BooleanField(default=False, verbose_name='my e-mail address')),
                ('shows_phone', models.BooleanField(default=False, verbose_name='my phone number')),
                ('about', models.CharField(blank=True, max_length=300, verbose_name='a line about me')),
                ('digest', models.CharField(choices=[('daily', 'every day'), ('weekly', 'once a week'), ('off', 'never')], default='weekly', max_length=8, verbose_name='mail with what is new')),
                ('told_until', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('agency', models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agencies.agency')),
                ('patron', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='patrons.patron', verbose_name='climate patron')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='patrons.profile')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddIndex(
            model_name='post',
            index=models.Index(fields=['programme', 'board', 'created_at'], name='post_board'),
        ),
        migrations.AddIndex(
            model_name='post',
            index=models.Index(fields=['programme', 'created_at'], name='post_latest'),
        ),
        migrations.AddIndex(
            model_name='post',
            index=django.contrib.postgres.indexes.GinIndex(fields=['mentions'], name='post_mentions'),
        ),
        migrations.AddConstraint(
            model_name='post',
            constraint=klikks.tenancy.ProgrammeWall(name='patrons_post_wall'),
        ),
        migrations.AddConstraint(
            model_name='post',
            constraint=models.CheckConstraint(condition=models.Q(('question__isnull', True), ('board', ''), _connector='XOR'), name='a_question_stands_on_a_board'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='post',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "patrons_postevent" ("agency_id", "author_id", "board", "body", "created_at", "edited_at", "helpful_id", "hidden_at", "hidden_reason", "id", "mentions", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "question_id", "removed_at", "reviewed_at", "title") VALUES (NEW."agency_id", NEW."author_id", NEW."board", NEW."body", NEW."created_at", NEW."edited_at", NEW."helpful_id", NEW."hidden_at", NEW."hidden_reason", NEW."id", NEW."mentions", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."programme_id", NEW."question_id", NEW."removed_at", NEW."reviewed_at", NEW."title"); RETURN NULL;', hash='8bb71c537ea5e0cd744130d9a7393f71763307cd', operation='INSERT', pgid='pgtrigger_insert_insert_49ce7', table='patrons_post', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='post',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "patrons_postevent" ("agency_id", "author_id", "board", "body", "created_at", "edited_at", "helpful_id", "hidden_at", "hidden_reason", "id", "mentions", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "question_id", "removed_at", "reviewed_at", "title") VALUES (NEW."agency_id", NEW."author_id", NEW."board", NEW."body", NEW."created_at", NEW."edited_at", NEW."helpful_id", NEW."hidden_at", NEW."hidden_reason", NEW."id", NEW."mentions", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."programme_id", NEW."question_id", NEW."removed_at", NEW."reviewed_at", NEW."title"); RETURN NULL;', hash='7d7bbcf8f63aa857fac173317c6fc34ffe72628f', operation='UPDATE', pgid='pgtrigger_update_update_9a9a7', table='patrons_post', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='post',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "patrons_postevent" ("agency_id", "author_id", "board", "body", "created_at", "edited_at", "helpful_id", "hidden_at", "hidden_reason", "id", "mentions", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "question_id", "removed_at", "reviewed_at", "title") VALUES (OLD."agency_id", OLD."author_id", OLD."board", OLD."body", OLD."created_at", OLD."edited_at", OLD."helpful_id", OLD."hidden_at", OLD."hidden_reason", OLD."id", OLD."mentions", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."programme_id", OLD."question_id", OLD."removed_at", OLD."reviewed_at", OLD."title"); RETURN NULL;', hash='a7eefe42750a0ab1a47dc2733f621e8a0b9a63ad', operation='DELETE', pgid='pgtrigger_delete_delete_03552', table='patrons_post', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='followevent',
            constraint=klikks.tenancy.AgencyWall(name='patrons_follow_history_wall'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='followevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='111af4e995c9e960691abe1c718f5f6d18aeedf8', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_fd7bc', table='patrons_followevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='follow',
            constraint=klikks.tenancy.AgencyWall(name='patrons_follow_wall'),
        ),
        migrations.AddConstraint(
            model_name='follow',
            constraint=models.CheckConstraint(condition=models.Q(('question__isnull', True), ('board', ''), _connector='XOR'), name='follows_one_thing'),
        ),
        migrations.AddConstraint(
            model_name='follow',
            constraint=models.UniqueConstraint(condition=models.Q(('question__isnull', False)), fields=('patron', 'question'), name='one_follow_a_thread'),
        ),
        migrations.AddConstraint(
            model_name='follow',
            constraint=models.UniqueConstraint(condition=models.Q(('board', ''), _negated=True), fields=('patron', 'board'), name='one_follow_a_board'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='follow',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "patrons_followevent" ("agency_id", "board", "id", "patron_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "question_id") VALUES (NEW."agency_id", NEW."board", NEW."id", NEW."patron_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."question_id"); RETURN NULL;', hash='d9f6d7d209b67e8829f813bf591b0decf8acd805', operation='INSERT', pgid='pgtrigger_insert_insert_0b8da', table='patrons_follow', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='follow',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "patrons_followevent" ("agency_id", "board", "id", "patron_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "question_id") VALUES (NEW."agency_id", NEW."board", NEW."id", NEW."patron_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."question_id"); RETURN NULL;', hash='ce4ca35551cef6df9c5ef70069c1c03c7aca5f66', operation='UPDATE', pgid='pgtrigger_update_update_29b88', table='patrons_follow', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='follow',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "patrons_followevent" ("agency_id", "board", "id", "patron_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "question_id") VALUES (OLD."agency_id", OLD."board", OLD."id", OLD."patron_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."question_id"); RETURN NULL;', hash='b782a8b54d01a48e8036f983ed190c40f72f2072', operation='DELETE', pgid='pgtrigger_delete_delete_923e8', table='patrons_follow', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='complaintevent',
            constraint=klikks.tenancy.AgencyWall(name='patrons_complaint_history_wall'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='complaintevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='c1bf8abdfaaa27ea7dea32b0960c1479564fb410', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_84b50', table='patrons_complaintevent', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='complaint',
            index=models.Index(fields=['post_agency', 'created_at'], name='complaint_queue'),
        ),
        migrations.AddConstraint(
            model_name='complaint',
            constraint=patrons.exchange.models.ComplaintWall(name='patrons_complaint_wall'),
        ),
        migrations.AddConstraint(
            model_name='complaint',
            constraint=models.UniqueConstraint(fields=('post', 'patron'), name='one_complaint_a_post_and_patron'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='complaint',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "patrons_complaintevent" ("agency_id", "created_at", "id", "note", "patron_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "post_agency_id", "post_id", "reason") VALUES (NEW."agency_id", NEW."created_at", NEW."id", NEW."note", NEW."patron_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."post_agency_id", NEW."post_id", NEW."reason"); RETURN NULL;', hash='cb2e263573fb41db49aebd9ca8c4a3ed16129dff', operation='INSERT', pgid='pgtrigger_insert_insert_4154a', table='patrons_complaint', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='complaint',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "patrons_complaintevent" ("agency_id", "created_at", "id", "note", "patron_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "post_agency_id", "post_id", "reason") VALUES (NEW."agency_id", NEW."created_at", NEW."id", NEW."note", NEW."patron_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."post_agency_id", NEW."post_id", NEW."reason"); RETURN NULL;', hash='cf74bb3d34f038bc65e9d294d73bfa07d9853012', operation='UPDATE', pgid='pgtrigger_update_update_79c9b', table='patrons_complaint', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='complaint',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "patrons_complaintevent" ("agency_id", "created_at", "id", "note", "patron_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "post_agency_id", "post_id", "reason") VALUES (OLD."agency_id", OLD."created_at", OLD."id", OLD."note", OLD."patron_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."post_agency_id", OLD."post_id", OLD."reason"); RETURN NULL;', hash='1c479fca1942eeac26f10dfb8b44f1df46f54772', operation='DELETE', pgid='pgtrigger_delete_delete_7640e', table='patrons_complaint', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='postevent',
            constraint=klikks.tenancy.AgencyWall(name='patrons_post_history_wall'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='postevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='cef826c5403848d5ceed9ed84e194e14033f7067', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_62545', table='patrons_postevent', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='profile',
            constraint=klikks.tenancy.AgencyWall(name='patrons_profile_wall'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='profile',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "patrons_profileevent" ("about", "agency_id", "digest", "id", "is_listed", "patron_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "shows_about", "shows_email", "shows_municipality", "shows_phone", "shows_topics", "told_until") VALUES (NEW."about", NEW."agency_id", NEW."digest", NEW."id", NEW."is_listed", NEW."patron_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."shows_about", NEW."shows_email", NEW."shows_municipality", NEW."shows_phone", NEW."shows_topics", NEW."told_until"); RETURN NULL;', hash='bbe7d8d85d8b6c66c46899bb500cf965d7d83730', operation='INSERT', pgid='pgtrigger_insert_insert_0c9f3', table='patrons_profile', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='profile',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "patrons_profileevent" ("about", "agency_id", "digest", "id", "is_listed", "patron_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "shows_about", "shows_email", "shows_municipality", "shows_phone", "shows_topics", "told_until") VALUES (NEW."about", NEW."agency_id", NEW."digest", NEW."id", NEW."is_listed", NEW."patron_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."shows_about", NEW."shows_email", NEW."shows_municipality", NEW."shows_phone", NEW."shows_topics", NEW."told_until"); RETURN NULL;', hash='74966b00b2fe07439b1c6372f0f5f8396a9b50bc', operation='UPDATE', pgid='pgtrigger_update_update_4aca3', table='patrons_profile', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='profile',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "patrons_profileevent" ("about", "agency_id", "digest", "id", "is_listed", "patron_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "shows_about", "shows_email", "shows_municipality", "shows_phone", "shows_topics", "told_until") VALUES (OLD."about", OLD."agency_id", OLD."digest", OLD."id", OLD."is_listed", OLD."patron_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."shows_about", OLD."shows_email", OLD."shows_municipality", OLD."shows_phone", OLD."shows_topics", OLD."told_until"); RETURN NULL;', hash='476da835479f8569e0f950238f965a72aa541410', operation='DELETE', pgid='pgtrigger_delete_delete_9c970', table='patrons_profile', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='profileevent',
            constraint=klikks.tenancy.AgencyWall(name='patrons_profile_history_wall'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='profileevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='b8e6ea1501d81f0ca1de436609f1d6b2aff0e87e', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_f7503', table='patrons_profileevent', when='BEFORE')),
        ),
        migrations.RunSQL(CREATE_FACE, "DROP VIEW patrons_face"),
    ]
