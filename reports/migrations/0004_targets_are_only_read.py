"""Targets of all agencies are read through a view; nobody may change them through it."""

from django.db import migrations

from klikks.tenancy import only_readable


class Migration(migrations.Migration):
    dependencies = [("reports", "0003_letters")]
    operations = [only_readable("reports_agencytarget")]
