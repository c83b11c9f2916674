"""The first reminder of a deadline is set by a plain trigger: it is called for each row when a phase plan shifts, and
what pgtrigger adds to be switched off costs ten times the work itself.
"""

from django.db import migrations

FUNCTION = """
CREATE FUNCTION deadlines_first_reminder() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.remind_on := (
        SELECT min(day) FROM deadlines_steps(NEW.agency_id, NEW.owner_id, NEW.lead_days, NEW.due_on)
    );
    NEW.snoozed_until := NULL;
    RETURN NEW;
END
$$
"""
ON_INSERT = """
CREATE TRIGGER set_reminders BEFORE INSERT ON deadlines_deadline
FOR EACH ROW EXECUTE FUNCTION deadlines_first_reminder()
"""
ON_UPDATE = """
CREATE TRIGGER reset_reminders BEFORE UPDATE ON deadlines_deadline
FOR EACH ROW WHEN (
    (OLD.due_on, OLD.lead_days, OLD.owner_id) IS DISTINCT FROM (NEW.due_on, NEW.lead_days, NEW.owner_id)
) EXECUTE FUNCTION deadlines_first_reminder()
"""


class Migration(migrations.Migration):
    dependencies = [("deadlines", "0012_phase_plans")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION deadlines_first_reminder()"),
        migrations.RunSQL(ON_INSERT, "DROP TRIGGER set_reminders ON deadlines_deadline"),
        migrations.RunSQL(ON_UPDATE, "DROP TRIGGER reset_reminders ON deadlines_deadline"),
    ]
