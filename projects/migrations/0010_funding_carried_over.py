"""The one state and the one call of a funding programme become one of several."""

from django.db import migrations


def carry_over(apps, schema_editor):
    """Keep the state and the last day of each programme in their new places."""
    alias = schema_editor.connection.alias
    programmes = apps.get_model("projects", "FundingProgramme").objects.using(alias)
    calls = apps.get_model("projects", "CallWindow").objects.using(alias)
    applications = apps.get_model("projects", "FundingApplication").objects.using(alias)
    for programme in programmes.all():
        if programme.state_id:
            programmes.filter(pk=programme.pk).update(states=[programme.state_id])
        calls.create(agency_id=programme.agency_id, funding_programme=programme, closes_on=programme.closes_on)
        drafts = applications.filter(funding_programme=programme, status="drafted")
        drafts.update(closes_on=programme.closes_on)


class Migration(migrations.Migration):
    dependencies = [("projects", "0009_funding")]
    operations = [migrations.RunPython(carry_over, migrations.RunPython.noop)]
