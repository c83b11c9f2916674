"""Savings keep their factors themselves; the column that held one of them goes, now that no view reads it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0005_savings_with_several_factors"),
        ("reports", "0003_measures_count_once"),
    ]
    operations = [
        migrations.RemoveField(model_name="saving", name="factor"),
        migrations.RemoveField(model_name="saving", name="factor_value"),
    ]
