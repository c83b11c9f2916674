import communes.models
import datetime
import django.contrib.postgres.constraints
import django.db.models.deletion
import django.utils.timezone
import klikks.tenancy
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from klikks.migrating import together


# What was calculated with one factor a kWh, written as it is now: each number with its unit, each factor with its source.
FILL = """
UPDATE projects_emissionfactor SET published_on = make_date(year + 1, 4, 1);
UPDATE projects_saving saving
SET kind = measure.kind,
    is_estimate = saving.quality = 'estimated' OR NOT factor.is_confirmed,
    calculated_for = (saving.calculated_at AT TIME ZONE 'Europe/Berlin')::date,
    formula = replace(replace(saving.formula, '−', '-'), '×', '*'),
    inputs = (SELECT coalesce(jsonb_object_agg(key, value || ' kWh/a'), '{}') FROM jsonb_each_text(saving.inputs)),
    factors = jsonb_build_array(jsonb_build_object(
        'name', 'factor', 'key', factor.key, 'label', factor.name, 'label_en', factor.name_en,
        'value', saving.factor_value::text, 'unit', 'kg/kWh', 'year', factor.year, 'edition', '',
        'with_upstream', false, 'scope', factor.scope, 'source', factor.source, 'page', factor.page,
        'licence', factor.licence, 'is_confirmed', factor.is_confirmed))
FROM projects_measure measure, projects_emissionfactor factor
WHERE measure.id = saving.measure_id AND factor.id = saving.factor_id
"""


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0002_walls_of_accounts'),
        ('agencies', '__first__'),
        ('projects', '0004_files_and_copies_for_all'),
    ]

    operations = together([
        migrations.CreateModel(
            name='MeasureReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(choices=[('twice', 'perhaps counted twice'), ('unusual', 'unusually much')], max_length=12, verbose_name='reason')),
                ('found', models.JSONField(default=dict, verbose_name='what was found')),
                ('answer', models.CharField(choices=[('open', 'open'), ('right', 'checked and right'), ('same', 'the same as another measure'), ('settled', 'settled by new numbers')], default='open', max_length=12, verbose_name='answer')),
                ('note', models.TextField(blank=True, max_length=1000, verbose_name='note')),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='asked at')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='answered at')),
                ('agency', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='agencies.agency')),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='answered by')),
                ('measure', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reviews', to='projects.measure', verbose_name='measure')),
                ('other', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='projects.measure', verbose_name='the other measure')),
            ],
            options={
                'verbose_name': 'question about a measure',
                'verbose_name_plural': 'questions about measures',
                'ordering': ['-asked_at'],
                'abstract': False,
                'constraints': [klikks.tenancy.AgencyWall(name='projects_measurereview_wall'), models.UniqueConstraint(condition=models.Q(('answer', 'open')), fields=('measure', 'reason'), name='one_open_question_a_reason')],
                'triggers': [pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "projects_measurereviewevent" ("agency_id", "answer", "answered_at", "answered_by_id", "asked_at", "found", "id", "measure_id", "note", "other_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") VALUES (NEW."agency_id", NEW."answer", NEW."answered_at", NEW."answered_by_id", NEW."asked_at", NEW."found", NEW."id", NEW."measure_id", NEW."note", NEW."other_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."reason"); RETURN NULL;', hash='0587a5cd8a6836551f7ad20d481a74ef6df8ced8', operation='INSERT', pgid='pgtrigger_insert_insert_959dc', table='projects_measurereview', when='AFTER')), pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "projects_measurereviewevent" ("agency_id", "answer", "answered_at", "answered_by_id", "asked_at", "found", "id", "measure_id", "note", "other_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") VALUES (NEW."agency_id", NEW."answer", NEW."answered_at", NEW."answered_by_id", NEW."asked_at", NEW."found", NEW."id", NEW."measure_id", NEW."note", NEW."other_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."reason"); RETURN NULL;', hash='c597778ae1c2b346531678d82100f2fd37981de6', operation='UPDATE', pgid='pgtrigger_update_update_b8fc4', table='projects_measurereview', when='AFTER')), pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "projects_measurereviewevent" ("agency_id", "answer", "answered_at", "answered_by_id", "asked_at", "found", "id", "measure_id", "note", "other_id", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason") VALUES (OLD."agency_id", OLD."answer", OLD."answered_at", OLD."answered_by_id", OLD."asked_at", OLD."found", OLD."id", OLD."measure_id", OLD."note", OLD."other_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."reason"); RETURN NULL;', hash='d66daa93ac7127a7337d72e14541500138e5526c', operation='DELETE', pgid='pgtrigger_delete_delete_d657c', table='projects_measurereview', when='AFTER'))],
            },
        ),
        migrations.CreateModel(
            name='MeasureReviewEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('pgh_context', pghistory.utils.JSONField(null=True)),
                ('id', models.BigIntegerField()),
                ('reason', models.CharField(choices=[('twice', 'perhaps counted twice'), ('unusual', 'unusually much')], max_length=12, verbose_name='reason')),
                ('found', models.JSONField(default=dict, verbose_name='what was found')),
                ('answer', models.CharField(choices=[('open', 'open'), ('right', 'checked and right'), ('same', 'the same as another measure'), ('settled', 'settled by new numbers')], default='open', max_length=12, verbose_name='answer')),
                ('note', models.TextField(blank=True, max_length=1000, verbose_name='note')),
                ('asked_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='asked at')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='answered at')),
                ('agency', models.ForeignKey(db_constraint=False, editable=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='agencies.agency')),
                ('answered_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='answered by')),
                ('measure', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='projects.measure', verbose_name='measure')),
                ('other', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='projects.measure', verbose_name='the other measure')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='history', to='projects.measurereview')),
            ],
            options={
                'abstract': False,
                'constraints': [klikks.tenancy.AgencyWall(name='projects_measurereview_history_wall')],
                'triggers': [pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='6309d502946bf834be65a061bab986f7242d65c9', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_87765', table='projects_measurereviewevent', when='BEFORE'))],
            },
        ),
        migrations.AlterModelOptions(
            name='emissionfactor',
            options={'ordering': ['key', '-year', '-published_on'], 'verbose_name': 'emission factor', 'verbose_name_plural': 'emission factors'},
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='measure',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='measure',
            name='update_update',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='measure',
            name='delete_delete',
        ),
        migrations.RemoveConstraint(
            model_name='emissionfactor',
            name='one_factor_a_year',
        ),
        migrations.RemoveConstraint(
            model_name='emissionfactor',
            name='factors_do_not_overlap',
        ),
        migrations.AddField(
            model_name='emissionfactor',
            name='edition',
            field=models.CharField(blank=True, max_length=40, verbose_name='edition'),
        ),
        migrations.AddField(
            model_name='emissionfactor',
            name='published_on',
            field=models.DateField(default=datetime.date(1990, 1, 1), verbose_name='published on'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='emissionfactor',
            name='unit',
            field=models.CharField(default='kg/kWh', max_length=20, verbose_name='unit'),
        ),
        migrations.AddField(
            model_name='emissionfactor',
            name='with_upstream',
            field=models.BooleanField(default=False, verbose_name='with upstream emissions'),
        ),
        migrations.AddField(
            model_name='measure',
            name='counted_in',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='counts_for', to='projects.measure', verbose_name='counted there already'),
        ),
        migrations.AddField(
            model_name='measureevent',
            name='counted_in',
            field=models.ForeignKey(blank=True, db_constraint=False, editable=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='projects.measure', verbose_name='counted there already'),
        ),
        migrations.AddField(
            model_name='saving',
            name='calculated_for',
            field=models.DateField(default=django.utils.timezone.localdate, verbose_name='with the factors of'),
        ),
        migrations.AddField(
            model_name='saving',
            name='factors',
            field=models.JSONField(default=list, verbose_name='emission factors'),
        ),
        migrations.AddField(
            model_name='saving',
            name='formula_version',
            field=models.PositiveSmallIntegerField(default=1, verbose_name='version of the formula'),
        ),
        migrations.AddField(
            model_name='saving',
            name='is_estimate',
            field=models.BooleanField(default=False, verbose_name='counts as an estimate'),
        ),
        migrations.AddField(
            model_name='saving',
            name='kind',
            field=models.CharField(choices=[('led_street_lighting', 'LED street lighting'), ('indoor_lighting', 'LED lighting in a building or on a sports ground'), ('power_saving', 'saving electricity in a building'), ('circulation_pumps', 'exchange of heating pumps'), ('appliances', 'exchange of appliances'), ('water_works', 'saving electricity in a sewage plant or waterworks'), ('pv_own_use', 'solar power used on site'), ('pv_roof', 'solar panels on a roof'), ('balcony_pv', 'campaign for balcony solar panels'), ('heat_saving_gas', 'saving heat from natural gas'), ('heat_saving_oil', 'saving heat from heating oil'), ('insulation', 'insulation of a public building'), ('windows', 'new windows or doors'), ('hydraulic_balancing', 'hydraulic balancing of a heating system'), ('energy_management', 'energy management in buildings'), ('heat_pump_for_oil', 'heat pump instead of an oil heating'), ('heat_pump_for_gas', 'heat pump instead of a gas heating'), ('pellets_for_oil', 'wood pellets instead of heating oil'), ('pellets_for_gas', 'wood pellets instead of natural gas'), ('wood_chips_for_oil', 'wood chips instead of heating oil'), ('local_heat_for_oil', 'local heat network instead of oil heatings'), ('local_heat_for_gas', 'local heat network instead of gas heatings'), ('solar_heat', 'solar heat'), ('school_fifty_fifty', 'school saves energy and keeps half the money (50/50)'), ('power_saving_check', 'power-saving check in households'), ('bike_sharing', 'e-bike or cargo bike sharing'), ('bike_instead_of_car', 'by bicycle or on foot instead of by car'), ('citizen_bus', 'citizen bus'), ('e_car', 'electric vehicle for the municipality'), ('charging_point', 'charging point'), ('fuel_saving', 'saving diesel in vehicles and machines'), ('moor_rewetting', 'rewetting of a moor'), ('trees_and_hedges', 'planting trees and hedges'), ('flower_strips', 'flower strips and meadows'), ('green_power', 'green power contract'), ('thermography_walk', 'thermography walk'), ('advice_evening', 'energy advice evening'), ('repair_cafe', 'repair café'), ('climate_friendly_event', 'climate-friendly event'), ('ride_bench', 'ride bench'), ('concept', 'concept or heat plan'), ('awareness', 'raising awareness (no tonnes are claimed)')], default='', max_length=40, verbose_name='kind'),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name='emissionfactor',
            name='value',
            field=models.DecimalField(decimal_places=6, max_digits=12, verbose_name='value'),
        ),
        migrations.AlterField(
            model_name='measure',
            name='kind',
            field=models.CharField(choices=[('led_street_lighting', 'LED street lighting'), ('indoor_lighting', 'LED lighting in a building or on a sports ground'), ('power_saving', 'saving electricity in a building'), ('circulation_pumps', 'exchange of heating pumps'), ('appliances', 'exchange of appliances'), ('water_works', 'saving electricity in a sewage plant or waterworks'), ('pv_own_use', 'solar power used on site'), ('pv_roof', 'solar panels on a roof'), ('balcony_pv', 'campaign for balcony solar panels'), ('heat_saving_gas', 'saving heat from natural gas'), ('heat_saving_oil', 'saving heat from heating oil'), ('insulation', 'insulation of a public building'), ('windows', 'new windows or doors'), ('hydraulic_balancing', 'hydraulic balancing of a heating system'), ('energy_management', 'energy management in buildings'), ('heat_pump_for_oil', 'heat pump instead of an oil heating'), ('heat_pump_for_gas', 'heat pump instead of a gas heating'), ('pellets_for_oil', 'wood pellets instead of heating oil'), ('pellets_for_gas', 'wood pellets instead of natural gas'), ('wood_chips_for_oil', 'wood chips instead of heating oil'), ('local_heat_for_oil', 'local heat network instead of oil heatings'), ('local_heat_for_gas', 'local heat network instead of gas heatings'), ('solar_heat', 'solar heat'), ('school_fifty_fifty', 'school saves energy and keeps half the money (50/50)'), ('power_saving_check', 'power-saving check in households'), ('bike_sharing', 'e-bike or cargo bike sharing'), ('bike_instead_of_car', 'by bicycle or on foot instead of by car'), ('citizen_bus', 'citizen bus'), ('e_car', 'electric vehicle for the municipality'), ('charging_point', 'charging point'), ('fuel_saving', 'saving diesel in vehicles and machines'), ('moor_rewetting', 'rewetting of a moor'), ('trees_and_hedges', 'planting trees and hedges'), ('flower_strips', 'flower strips and meadows'), ('green_power', 'green power contract'), ('thermography_walk', 'thermography walk'), ('advice_evening', 'energy advice evening'), ('repair_cafe', 'repair café'), ('climate_friendly_event', 'climate-friendly event'), ('ride_bench', 'ride bench'), ('concept', 'concept or heat plan'), ('awareness', 'raising awareness (no tonnes are claimed)')], max_length=40, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='measureevent',
            name='kind',
            field=models.CharField(choices=[('led_street_lighting', 'LED street lighting'), ('indoor_lighting', 'LED lighting in a building or on a sports ground'), ('power_saving', 'saving electricity in a building'), ('circulation_pumps', 'exchange of heating pumps'), ('appliances', 'exchange of appliances'), ('water_works', 'saving electricity in a sewage plant or waterworks'), ('pv_own_use', 'solar power used on site'), ('pv_roof', 'solar panels on a roof'), ('balcony_pv', 'campaign for balcony solar panels'), ('heat_saving_gas', 'saving heat from natural gas'), ('heat_saving_oil', 'saving heat from heating oil'), ('insulation', 'insulation of a public building'), ('windows', 'new windows or doors'), ('hydraulic_balancing', 'hydraulic balancing of a heating system'), ('energy_management', 'energy management in buildings'), ('heat_pump_for_oil', 'heat pump instead of an oil heating'), ('heat_pump_for_gas', 'heat pump instead of a gas heating'), ('pellets_for_oil', 'wood pellets instead of heating oil'), ('pellets_for_gas', 'wood pellets instead of natural gas'), ('wood_chips_for_oil', 'wood chips instead of heating oil'), ('local_heat_for_oil', 'local heat network instead of oil heatings'), ('local_heat_for_gas', 'local heat network instead of gas heatings'), ('solar_heat', 'solar heat'), ('school_fifty_fifty', 'school saves energy and keeps half the money (50/50)'), ('power_saving_check', 'power-saving check in households'), ('bike_sharing', 'e-bike or cargo bike sharing'), ('bike_instead_of_car', 'by bicycle or on foot instead of by car'), ('citizen_bus', 'citizen bus'), ('e_car', 'electric vehicle for the municipality'), ('charging_point', 'charging point'), ('fuel_saving', 'saving diesel in vehicles and machines'), ('moor_rewetting', 'rewetting of a moor'), ('trees_and_hedges', 'planting trees and hedges'), ('flower_strips', 'flower strips and meadows'), ('green_power', 'green power contract'), ('thermography_walk', 'thermography walk'), ('advice_evening', 'energy advice evening'), ('repair_cafe', 'repair café'), ('climate_friendly_event', 'climate-friendly event'), ('ride_bench', 'ride bench'), ('concept', 'concept or heat plan'), ('awareness', 'raising awareness (no tonnes are claimed)')], max_length=40, verbose_name='kind'),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        pgtrigger.migrations.AddTrigger(
            model_name='emissionfactor',
            trigger=pgtrigger.compiler.Trigger(name='value_never_changes', sql=pgtrigger.compiler.UpsertTriggerSql(func='RAISE EXCEPTION \'pgtrigger: Cannot update of "key", "value", "unit", "year" rows from % table\', TG_TABLE_NAME;', hash='cd4c14d036ed3bdd79ba6a514f5582a5f4d0fa1f', operation='UPDATE OF "key", "value", "unit", "year"', pgid='pgtrigger_value_never_changes_af9db', table='projects_emissionfactor', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='emissionfactor',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='f2bf90bb08d5e88b4d45cce882374159b5139ea9', operation='DELETE', pgid='pgtrigger_never_deleted_fe4bc', table='projects_emissionfactor', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='measure',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "projects_measureevent" ("agency_id", "counted_in_id", "created_at", "done_on", "id", "inputs", "kind", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "project_id", "status", "title") VALUES (NEW."agency_id", NEW."counted_in_id", NEW."created_at", NEW."done_on", NEW."id", NEW."inputs", NEW."kind", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'insert\', NEW."id", NEW."project_id", NEW."status", NEW."title"); RETURN NULL;', hash='77e55bf21a83c849e00458e72f5e6078c70df083', operation='INSERT', pgid='pgtrigger_insert_insert_bcf95', table='projects_measure', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='measure',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD.* IS DISTINCT FROM NEW.*)', func='INSERT INTO "projects_measureevent" ("agency_id", "counted_in_id", "created_at", "done_on", "id", "inputs", "kind", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "project_id", "status", "title") VALUES (NEW."agency_id", NEW."counted_in_id", NEW."created_at", NEW."done_on", NEW."id", NEW."inputs", NEW."kind", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'update\', NEW."id", NEW."project_id", NEW."status", NEW."title"); RETURN NULL;', hash='9bc5698d64b00f886afd140503f5041a1f86282e', operation='UPDATE', pgid='pgtrigger_update_update_6de09', table='projects_measure', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='measure',
            trigger=pgtrigger.compiler.Trigger(name='delete_delete', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "projects_measureevent" ("agency_id", "counted_in_id", "created_at", "done_on", "id", "inputs", "kind", "pgh_context", "pgh_created_at", "pgh_label", "pgh_obj_id", "project_id", "status", "title") VALUES (OLD."agency_id", OLD."counted_in_id", OLD."created_at", OLD."done_on", OLD."id", OLD."inputs", OLD."kind", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, NOW(), \'delete\', OLD."id", OLD."project_id", OLD."status", OLD."title"); RETURN NULL;', hash='51f7e67c22ff6c1a9ee3e07b3e7fef3da8f7b86c', operation='DELETE', pgid='pgtrigger_delete_delete_a1c48', table='projects_measure', when='AFTER')),
        ),
        migrations.AddConstraint(
            model_name='emissionfactor',
            constraint=models.UniqueConstraint(fields=('key', 'year', 'edition'), name='one_factor_a_year_and_edition'),
        ),
        migrations.AddConstraint(
            model_name='emissionfactor',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('key', '='), ('edition', '='), (communes.models.DateRange('valid_from', 'valid_to'), '&&')], name='factors_of_an_edition_do_not_overlap'),
        ),
        migrations.AddConstraint(
            model_name='measure',
            constraint=models.CheckConstraint(condition=models.Q(('counted_in__isnull', True), models.Q(('counted_in', models.F('id')), _negated=True), _connector='OR'), name='not_counted_in_itself'),
        ),
    ])
