from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("projects", "0010_funding_carried_over")]
    operations = [
        migrations.RemoveField(
            model_name='fundingprogramme',
            name='closes_on',
        ),
        migrations.RemoveField(
            model_name='fundingprogramme',
            name='state',
        ),
    ]
