"""The days on which a deadline is told, as functions of the database: triggers and the statement that finds what is due
use the same ones. Tasks that have a day already get their deadline.
"""

from django.db import migrations

TASK_TYPE = """
CREATE FUNCTION deadlines_task_type() RETURNS integer LANGUAGE sql STABLE AS $$
    SELECT id FROM django_content_type WHERE app_label = 'deadlines' AND model = 'task'
$$
"""
WORKING_DAY = """
CREATE FUNCTION deadlines_working_day(day date, home text, with_school boolean) RETURNS date
LANGUAGE plpgsql STABLE AS $$
DECLARE
    free_since date;
BEGIN
    LOOP
        SELECT min(starts_on) INTO free_since
        FROM deadlines_holiday
        WHERE state_id = home AND day BETWEEN starts_on AND ends_on AND (kind = 'public' OR with_school);
        IF free_since IS NOT NULL THEN
            day := free_since - 1;
        ELSIF extract(isodow FROM day) > 5 THEN
            day := day - 1;
        ELSE
            RETURN day;
        END IF;
    END LOOP;
END
$$
"""
# A step is a number of days before the deadline, or after it when it is negative: then the administrators are told.
STEPS = """
CREATE FUNCTION deadlines_steps(agency bigint, person bigint, own smallint[], due date)
RETURNS TABLE (step integer, day date) LANGUAGE plpgsql STABLE AS $$
DECLARE
    before smallint[];
    after smallint[];
    avoided text;
    home text;
BEGIN
    SELECT coalesce(own, mine.lead_days, ours.lead_days, '{14,3,0}'), coalesce(ours.escalate_days, '{7,21}'),
           coalesce(nullif(mine.avoid, ''), nullif(ours.avoid, ''), 'nothing')
    INTO before, after, avoided
    FROM (VALUES (1)) AS once
    LEFT JOIN deadlines_remindersettings AS mine ON mine.agency_id = agency AND mine.user_id = person
    LEFT JOIN deadlines_remindersettings AS ours ON ours.agency_id = agency AND ours.user_id IS NULL;
    IF avoided <> 'nothing' THEN
        SELECT state_id INTO home FROM agencies_agency WHERE id = agency;
    END IF;
    FOREACH step IN ARRAY before LOOP
        day := due - step;
        IF avoided <> 'nothing' THEN
            day := deadlines_working_day(day, home, avoided = 'school');
        END IF;
        RETURN NEXT;
    END LOOP;
    FOREACH step IN ARRAY after LOOP
        step := -step;
        day := due - step;
        RETURN NEXT;
    END LOOP;
END
$$
"""
DATES_OF_TASKS = """
INSERT INTO deadlines_deadline (agency_id, subject_type_id, subject_id, kind, title, due_on, owner_id, created_at)
SELECT agency_id, deadlines_task_type(), id, 'task', title, due_on, owner_id, now()
FROM deadlines_task
WHERE status = 'open' AND due_on IS NOT NULL
"""
REMIND_ANEW = """
UPDATE deadlines_deadline
SET remind_on = (SELECT min(day) FROM deadlines_steps(agency_id, owner_id, lead_days, due_on))
WHERE done_at IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("deadlines", "0007_dates_of_one_engine")]

    operations = [
        migrations.RunSQL(TASK_TYPE, "DROP FUNCTION deadlines_task_type()"),
        migrations.RunSQL(WORKING_DAY, "DROP FUNCTION deadlines_working_day(date, text, boolean)"),
        migrations.RunSQL(STEPS, "DROP FUNCTION deadlines_steps(bigint, bigint, smallint[], date)"),
        migrations.RunSQL(DATES_OF_TASKS, migrations.RunSQL.noop),
        migrations.RunSQL(REMIND_ANEW, migrations.RunSQL.noop),
    ]
