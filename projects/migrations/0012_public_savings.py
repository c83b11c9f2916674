"""The calculations behind the savings of released projects, as everybody may read them."""

from django.db import migrations

from klikks.tenancy import owners_view

SAVINGS = """
SELECT saving.id, measure.project_id, saving.agency_id, measure.status = 'done' AS is_done, saving.kg_per_year,
       saving.quality, saving.is_estimate, saving.kind, saving.formula, saving.formula_version, saving.inputs,
       saving.factors, saving.calculated_at
FROM projects_saving saving
JOIN projects_measure measure ON measure.id = saving.measure_id
JOIN projects_project project ON project.id = measure.project_id
WHERE project.released_at IS NOT NULL AND saving.replaced_at IS NULL AND measure.counted_in_id IS NULL
  AND measure.status <> 'dropped'
"""


class Migration(migrations.Migration):
    dependencies = [("projects", "0011_funding_without_old_fields")]
    operations = [*owners_view("projects_publicsaving", SAVINGS)]
