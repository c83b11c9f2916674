import agencies.models.imports
import agencies.models.programmes
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import klikks.tenancy
import pghistory.utils
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models

from klikks.migrating import together


class Migration(migrations.Migration):

    replaces = [('agencies', '0001_initial'), ('agencies', '0003_rows_of_previewed_sheets'), ('agencies', '0004_labels_of_participations'), ('agencies', '0005_goals_in_english'), ('agencies', '0006_weeks_until_quiet'), ('agencies', '0007_signature_on_certificates')]

    initial = True

    dependencies = [
        ('contenttypes', '0002_remove_content_type_name'),
    ]

    operations = together([
        migrations.CreateModel(
            name='DataSource',
            fields=[
                ('slug', models.SlugField(primary_key=True, serialize=False, verbose_name='short name')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('publisher', models.CharField(max_length=200, verbose_name='publisher')),
                ('edition', models.CharField(blank=True, max_length=80, verbose_name='edition')),
                ('licence', models.CharField(max_length=120, verbose_name='licence')),
                ('licence_url', models.URLField(blank=True, verbose_name='address of the licence')),
                ('url', models.URLField(blank=True, verbose_name='address')),
                ('rows', models.PositiveIntegerField(default=0, verbose_name='rows')),
                ('loaded_at', models.DateTimeField(auto_now=True, verbose_name='loaded at')),
            ],
            options={
                'verbose_name': 'data source',
                'verbose_name_plural': 'data sources',
                'ordering': ['title'],
            },
        ),
        migrations.CreateModel(
            name='State',
            fields=[
                ('code', models.CharField(max_length=6, primary_key=True, serialize=False, verbose_name='code')),
                ('key', models.CharField(max_length=2, unique=True, verbose_name='key')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
            ],
            options={
                'verbose_name': 'state',
                'verbose_name_plural': 'states',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Agency',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(unique=True, verbose_name='short name in addresses')),
                ('name', models.CharField(max_length=120, unique=True, verbose_name='name')),
                ('short_name', models.CharField(max_length=40, verbose_name='short name')),
                ('state', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='agencies', to='agencies.state', verbose_name='state')),
                ('street', models.CharField(blank=True, max_length=120, verbose_name='street')),
                ('place', models.CharField(blank=True, max_length=120, verbose_name='postcode and town')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='phone')),
                ('website', models.URLField(blank=True, verbose_name='website')),
                ('colour', models.CharField(default='#0b6e4f', max_length=7, validators=[django.core.validators.RegexValidator('^#[0-9a-fA-F]{6}$')], verbose_name='colour of documents')),
                ('logo', models.FileField(blank=True, upload_to='agencies/', verbose_name='logo')),
                ('quiet_weeks_patrons', models.PositiveSmallIntegerField(default=8, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(104)], verbose_name='climate patrons are quiet after (weeks)')),
                ('quiet_weeks_communes', models.PositiveSmallIntegerField(default=8, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(104)], verbose_name='partner municipalities are quiet after (weeks)')),
                ('signature', models.FileField(blank=True, upload_to='agencies/', verbose_name='signature on certificates')),
                ('signature_name', models.CharField(blank=True, help_text='The signature is printed where this person is named as the one who signs.', max_length=120, verbose_name='whose signature')),
            ],
            options={
                'verbose_name': 'agency',
                'verbose_name_plural': 'agencies',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='TextBlock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('agency', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('key', models.CharField(max_length=60, verbose_name='text')),
                ('language', models.CharField(choices=[('de', 'German'), ('en', 'English')], max_length=2, verbose_name='language')),
                ('text', models.TextField(verbose_name='wording')),
            ],
            options={
                'verbose_name': 'text block',
                'verbose_name_plural': 'text blocks',
                'abstract': False,
                'constraints': [klikks.tenancy.AgencyWall(name='agencies_textblock_wall'), models.UniqueConstraint(fields=('agency', 'key', 'language'), name='one_wording_a_language')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "agencies_textblockevent" ("agency_id", "id", "key", "language", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "text") VALUES (NEW."agency_id", NEW."id", NEW."key", NEW."language", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."text"); RETURN NULL;', hash='3dab04ca1ac640ba7882a6395511c0dcb98ced81', operation='INSERT', pgid='pgtrigger_insert_insert_dc167', table='agencies_textblock', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "agencies_textblockevent" ("agency_id", "id", "key", "language", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "text") VALUES (NEW."agency_id", NEW."id", NEW."key", NEW."language", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."text"); RETURN NULL;', hash='85b039a86c060ffa6fe74977f35b0ebce7604964', operation='UPDATE', pgid='pgtrigger_update_update_e833f', table='agencies_textblock', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "agencies_textblockevent" ("agency_id", "id", "key", "language", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "text") VALUES (OLD."agency_id", OLD."id", OLD."key", OLD."language", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."text"); RETURN NULL;', hash='d1f773b28fd7086778a310a354aec26aab9ab3e0', operation='DELETE', pgid='pgtrigger_delete_delete_73ec1', table='agencies_textblock', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='Topic',
            fields=[
                ('slug', models.SlugField(max_length=40, primary_key=True, serialize=False, verbose_name='short name')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('name_en', models.CharField(max_length=80, verbose_name='English name')),
            ],
            options={
                'verbose_name': 'topic',
                'verbose_name_plural': 'topics',
                'ordering': ['name'],
            },
            bases=(agencies.models.programmes.Translated, models.Model),
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail')),
                ('agency', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency', verbose_name='agency')),
                ('language', models.CharField(choices=[('de', 'German'), ('en', 'English')], default='de', max_length=2, verbose_name='language')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('is_operator', models.BooleanField(default=False, verbose_name='operator of the portal')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created at')),
            ],
            options={
                'verbose_name': 'account',
                'verbose_name_plural': 'accounts',
                'constraints': [klikks.tenancy.AccountWall(name='agencies_user_wall'), models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='one_account_an_address')],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('agency', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('role', models.CharField(choices=[('regional_manager', 'regional manager'), ('agency_admin', 'agency admin'), ('coordinator', 'coordinator')], max_length=20, verbose_name='role')),
                ('invited_by', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('invited_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='invited at')),
                ('accepted_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='accepted at')),
            ],
            options={
                'verbose_name': 'invitation',
                'verbose_name_plural': 'invitations',
                'ordering': ['-invited_at'],
                'abstract': False,
                'constraints': [klikks.tenancy.AgencyWall(name='agencies_invitation_wall'), models.UniqueConstraint(django.db.models.functions.text.Lower('email'), models.F('agency'), condition=models.Q(('accepted_at__isnull', True)), name='one_open_invitation_an_address')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "agencies_invitationevent" ("accepted_at", "agency_id", "email", "id", "invited_at", "invited_by_id", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "role") VALUES (NEW."accepted_at", NEW."agency_id", NEW."email", NEW."id", NEW."invited_at", NEW."invited_by_id", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."role"); RETURN NULL;', hash='4e7da4edf9bc8bec00e55bb12ce2bf6344f3c49c', operation='INSERT', pgid='pgtrigger_insert_insert_0a3ed', table='agencies_invitation', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "agencies_invitationevent" ("accepted_at", "agency_id", "email", "id", "invited_at", "invited_by_id", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "role") VALUES (NEW."accepted_at", NEW."agency_id", NEW."email", NEW."id", NEW."invited_at", NEW."invited_by_id", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."role"); RETURN NULL;', hash='1a45b7293615a348e5be7409aa565031bd73ee6a', operation='UPDATE', pgid='pgtrigger_update_update_7c295', table='agencies_invitation', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "agencies_invitationevent" ("accepted_at", "agency_id", "email", "id", "invited_at", "invited_by_id", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "role") VALUES (OLD."accepted_at", OLD."agency_id", OLD."email", OLD."id", OLD."invited_at", OLD."invited_by_id", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."role"); RETURN NULL;', hash='97b175f6ab8b84babaab25b4e2f0834e195a11ae', operation='DELETE', pgid='pgtrigger_delete_delete_b60f3', table='agencies_invitation', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('agency', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='membership', to=settings.AUTH_USER_MODEL, verbose_name='account')),
                ('role', models.CharField(choices=[('patron', 'climate patron'), ('municipality', 'municipality'), ('regional_manager', 'regional manager'), ('agency_admin', 'agency admin'), ('coordinator', 'coordinator')], max_length=20, verbose_name='role')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='phone')),
                ('stand_in', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='agencies.membership', verbose_name='stand-in')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
            ],
            options={
                'verbose_name': 'membership',
                'verbose_name_plural': 'memberships',
                'ordering': ['name'],
                'abstract': False,
                'constraints': [klikks.tenancy.AgencyWall(name='agencies_membership_wall')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "agencies_membershipevent" ("agency_id", "id", "is_active", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "role", "stand_in_id", "user_id") VALUES (NEW."agency_id", NEW."id", NEW."is_active", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."phone", NEW."role", NEW."stand_in_id", NEW."user_id"); RETURN NULL;', hash='8e55d8829247875c4bde38a2bf7486da0735a86f', operation='INSERT', pgid='pgtrigger_insert_insert_da12b', table='agencies_membership', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "agencies_membershipevent" ("agency_id", "id", "is_active", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "role", "stand_in_id", "user_id") VALUES (NEW."agency_id", NEW."id", NEW."is_active", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."phone", NEW."role", NEW."stand_in_id", NEW."user_id"); RETURN NULL;', hash='e5c4cd23a5be9f2fc766427b153c6aa7b6f9f9b1', operation='UPDATE', pgid='pgtrigger_update_update_bda2e', table='agencies_membership', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "agencies_membershipevent" ("agency_id", "id", "is_active", "name", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "role", "stand_in_id", "user_id") VALUES (OLD."agency_id", OLD."id", OLD."is_active", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."phone", OLD."role", OLD."stand_in_id", OLD."user_id"); RETURN NULL;', hash='fd2b924a0ed66442c43f30a82d87f9c88380c1bf', operation='DELETE', pgid='pgtrigger_delete_delete_c36fb', table='agencies_membership', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='Transition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('agency', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('subject_type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contenttypes.contenttype')),
                ('subject_id', models.BigIntegerField()),
                ('source', models.CharField(max_length=20, verbose_name='from')),
                ('target', models.CharField(max_length=20, verbose_name='to')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='at')),
                ('reason', models.TextField(blank=True, verbose_name='reason')),
            ],
            options={
                'verbose_name': 'transition',
                'verbose_name_plural': 'transitions',
                'ordering': ['-at', '-pk'],
                'abstract': False,
                'indexes': [models.Index(fields=['agency', 'subject_type', 'subject_id'], name='transition_subject')],
                'constraints': [klikks.tenancy.AgencyWall(name='agencies_transition_wall')],
            },
        ),
        migrations.CreateModel(
            name='InvitationEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='agencies.invitation')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('agency', models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agencies.agency')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('role', models.CharField(choices=[('regional_manager', 'regional manager'), ('agency_admin', 'agency admin'), ('coordinator', 'coordinator')], max_length=20, verbose_name='role')),
                ('invited_by', models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
                ('invited_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='invited at')),
                ('accepted_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='accepted at')),
            ],
            options={
                'abstract': False,
                'constraints': [klikks.tenancy.AgencyWall(name='agencies_invitation_history_wall')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ae70ff9dbbd98a14e0532e48b0b43edfdebcd409', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_ee5b4', table='agencies_invitationevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='MembershipEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='agencies.membership')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('agency', models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agencies.agency')),
                ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='account')),
                ('role', models.CharField(choices=[('patron', 'climate patron'), ('municipality', 'municipality'), ('regional_manager', 'regional manager'), ('agency_admin', 'agency admin'), ('coordinator', 'coordinator')], max_length=20, verbose_name='role')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='phone')),
                ('stand_in', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agencies.membership', verbose_name='stand-in')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
            ],
            options={
                'abstract': False,
                'constraints': [klikks.tenancy.AgencyWall(name='agencies_membership_history_wall')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='df835924b50d95a6db71abe79246756a9a4766b8', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_6e26b', table='agencies_membershipevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='TextBlockEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='agencies.textblock')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('agency', models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agencies.agency')),
                ('key', models.CharField(max_length=60, verbose_name='text')),
                ('language', models.CharField(choices=[('de', 'German'), ('en', 'English')], max_length=2, verbose_name='language')),
                ('text', models.TextField(verbose_name='wording')),
            ],
            options={
                'abstract': False,
                'constraints': [klikks.tenancy.AgencyWall(name='agencies_textblock_history_wall')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='2fa15a1da590be54f656843783413583832ef692', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_7900f', table='agencies_textblockevent', when='BEFORE'))],
            },
        ),
        migrations.CreateModel(
            name='Programme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(unique=True, verbose_name='short name in addresses')),
                ('kind', models.CharField(choices=[('volunteers', 'volunteer programme of agencies'), ('twinning', 'network of twinned towns')], default='volunteers', max_length=16, verbose_name='kind')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=120, verbose_name='English name')),
                ('summary', models.TextField(blank=True, verbose_name='summary')),
                ('summary_en', models.TextField(blank=True, verbose_name='English summary')),
                ('funder', models.CharField(blank=True, max_length=200, verbose_name='funder')),
                ('goal', models.CharField(blank=True, max_length=200, verbose_name='shared goal')),
                ('goal_en', models.CharField(blank=True, max_length=200, verbose_name='shared goal, in English')),
                ('starts_on', models.DateField(verbose_name='starts on')),
                ('ends_on', models.DateField(verbose_name='ends on')),
                ('topics', models.ManyToManyField(blank=True, related_name='programmes', to='agencies.topic', verbose_name='topics')),
            ],
            options={
                'verbose_name': 'programme',
                'verbose_name_plural': 'programmes',
                'ordering': ['-starts_on'],
                'constraints': [models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='programme_ends_after_it_starts')],
            },
            bases=(agencies.models.programmes.Translated, models.Model),
        ),
        migrations.CreateModel(
            name='Participation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('agency', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='participations', to='agencies.agency', verbose_name='agency')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='participations', to='agencies.programme', verbose_name='programme')),
                ('coordinates', models.BooleanField(default=False, verbose_name='coordinates the programme')),
                ('grant_reference', models.CharField(blank=True, max_length=40, verbose_name='grant reference')),
            ],
            options={
                'verbose_name': 'participation',
                'verbose_name_plural': 'participations',
                'constraints': [klikks.tenancy.PublicReadWall(name='agencies_participation_wall'), models.UniqueConstraint(fields=('programme', 'agency'), name='one_participation'), models.UniqueConstraint(condition=models.Q(('coordinates', True)), fields=('programme',), name='one_coordinator')],
            },
        ),
        migrations.CreateModel(
            name='Phase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='phases', to='agencies.programme', verbose_name='programme')),
                ('position', models.PositiveSmallIntegerField(verbose_name='position')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('name_en', models.CharField(blank=True, max_length=80, verbose_name='English name')),
            ],
            options={
                'verbose_name': 'phase',
                'verbose_name_plural': 'phases',
                'ordering': ['programme', 'position'],
                'constraints': [models.UniqueConstraint(fields=('programme', 'position'), name='one_phase_a_position')],
            },
            bases=(agencies.models.programmes.Translated, models.Model),
        ),
        migrations.CreateModel(
            name='SheetImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('agency', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('kind', models.CharField(choices=[('communes', 'municipalities'), ('patrons', 'climate patrons'), ('projects', 'projects')], max_length=16, verbose_name='kind')),
                ('status', models.CharField(choices=[('previewed', 'previewed, nothing written yet'), ('confirmed', 'imported'), ('dropped', 'dropped, nothing written')], default='previewed', max_length=16, verbose_name='status')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.programme', verbose_name='programme')),
                ('file', models.FileField(upload_to=agencies.models.imports.stored_name, verbose_name='file')),
                ('file_name', models.CharField(max_length=255, verbose_name='file name')),
                ('counts', models.JSONField(default=dict, verbose_name='rows')),
                ('unknown', models.JSONField(default=list, verbose_name='columns nobody understands')),
                ('doubled', models.JSONField(default=list, verbose_name='columns that stand there twice')),
                ('headings', models.JSONField(default=list, verbose_name='headings')),
                ('fingerprint', models.CharField(blank=True, max_length=64, verbose_name='fingerprint of the preview')),
                ('uploaded_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='uploaded by')),
                ('uploaded_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='uploaded at')),
                ('confirmed_at', models.DateTimeField(blank=True, null=True, verbose_name='confirmed at')),
            ],
            options={
                'verbose_name': 'sheet import',
                'verbose_name_plural': 'sheet imports',
                'ordering': ['-uploaded_at'],
                'abstract': False,
                'constraints': [klikks.tenancy.AgencyWall(name='agencies_sheetimport_wall')],
            },
        ),
        migrations.CreateModel(
            name='SheetRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('agency', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('sheet', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rows', to='agencies.sheetimport', verbose_name='sheet import')),
                ('number', models.PositiveIntegerField(verbose_name='row')),
                ('verdict', models.CharField(choices=[('new', 'new'), ('changed', 'changed'), ('unchanged', 'unchanged'), ('wrong', 'wrong')], max_length=10, verbose_name='outcome')),
                ('title', models.CharField(blank=True, max_length=200, verbose_name='what it is about')),
                ('changes', models.JSONField(default=list, verbose_name='changes')),
                ('problems', models.JSONField(default=list, verbose_name='reasons')),
                ('hints', models.JSONField(default=list, verbose_name='hints')),
                ('cells', models.JSONField(default=list, verbose_name='cells')),
            ],
            options={
                'verbose_name': 'row of a sheet',
                'verbose_name_plural': 'rows of a sheet',
                'ordering': ['number'],
                'abstract': False,
                'indexes': [models.Index(fields=['sheet', 'verdict', 'number'], name='sheet_rows_by_verdict')],
                'constraints': [klikks.tenancy.AgencyWall(name='agencies_sheetrow_wall')],
            },
        ),
        migrations.CreateModel(
            name='Target',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('agency', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='targets', to='agencies.programme', verbose_name='programme')),
                ('figure', models.CharField(choices=[('communes_interested', 'interested municipalities'), ('communes_official', 'official partner municipalities'), ('patrons_interested', 'people interested in becoming patron'), ('patrons_appointed', 'appointed climate patrons'), ('volunteer_hours', 'volunteer hours'), ('trainings', 'trainings held'), ('training_participants', 'participants of trainings'), ('projects', 'projects'), ('measures_done', 'measures done'), ('kg_done', 'kg CO2e avoided a year, done'), ('kg_planned', 'kg CO2e avoided a year, planned'), ('funding_applied', 'funding applied for (€)'), ('funding_granted', 'funding granted (€)'), ('invested', 'investment set off (€)')], max_length=32, verbose_name='figure')),
                ('value', models.DecimalField(decimal_places=2, max_digits=15, validators=[django.core.validators.MinValueValidator(0)], verbose_name='value')),
            ],
            options={
                'verbose_name': 'target',
                'verbose_name_plural': 'targets',
                'abstract': False,
                'constraints': [klikks.tenancy.AgencyWall(name='agencies_target_wall'), models.UniqueConstraint(fields=('agency', 'programme', 'figure'), name='one_target_a_figure'), models.CheckConstraint(condition=models.Q(('value__gte', 0)), name='target_not_negative')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "agencies_targetevent" ("agency_id", "figure", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "value") VALUES (NEW."agency_id", NEW."figure", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."programme_id", NEW."value"); RETURN NULL;', hash='d677acb9fafcf7df6fccf3e77734c56803bb62f7', operation='INSERT', pgid='pgtrigger_insert_insert_425d4', table='agencies_target', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "agencies_targetevent" ("agency_id", "figure", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "value") VALUES (NEW."agency_id", NEW."figure", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."programme_id", NEW."value"); RETURN NULL;', hash='410d0a1bfe129d7533c68088188f7d9c07eac939', operation='UPDATE', pgid='pgtrigger_update_update_4291f', table='agencies_target', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "agencies_targetevent" ("agency_id", "figure", "id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "programme_id", "value") VALUES (OLD."agency_id", OLD."figure", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."programme_id", OLD."value"); RETURN NULL;', hash='ed65749020ed2fee0e7826d7936a4ee97d001de5', operation='DELETE', pgid='pgtrigger_delete_delete_ffdf1', table='agencies_target', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='TargetEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='agencies.target')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('agency', models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agencies.agency')),
                ('programme', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agencies.programme', verbose_name='programme')),
                ('figure', models.CharField(choices=[('communes_interested', 'interested municipalities'), ('communes_official', 'official partner municipalities'), ('patrons_interested', 'people interested in becoming patron'), ('patrons_appointed', 'appointed climate patrons'), ('volunteer_hours', 'volunteer hours'), ('trainings', 'trainings held'), ('training_participants', 'participants of trainings'), ('projects', 'projects'), ('measures_done', 'measures done'), ('kg_done', 'kg CO2e avoided a year, done'), ('kg_planned', 'kg CO2e avoided a year, planned'), ('funding_applied', 'funding applied for (€)'), ('funding_granted', 'funding granted (€)'), ('invested', 'investment set off (€)')], max_length=32, verbose_name='figure')),
                ('value', models.DecimalField(decimal_places=2, max_digits=15, validators=[django.core.validators.MinValueValidator(0)], verbose_name='value')),
            ],
            options={
                'abstract': False,
                'constraints': [klikks.tenancy.AgencyWall(name='agencies_target_history_wall')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='5fa171bedc9028e6ec2960158c586d61e609e580', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_d981b', table='agencies_targetevent', when='BEFORE'))],
            },
        ),
        migrations.AddField(
            model_name='Programme',
            name='agencies',
            field=models.ManyToManyField(related_name='programmes', through='agencies.Participation', to='agencies.agency'),
        ),
    ])
