"""Views that count and queue over all agencies without naming anybody, and the names an organiser needs on the day."""

from django.db import migrations

from klikks.tenancy import only_readable, owners_view

TAKEN = """
CREATE OR REPLACE VIEW trainings_takenplaces WITH (security_barrier) AS
SELECT session_id, count(*)::integer AS taken
FROM trainings_enrolment
WHERE status IN ('enrolled', 'offered', 'attended', 'absent')
GROUP BY session_id
"""
TAKEN_BEFORE = TAKEN.replace("'enrolled', 'offered'", "'enrolled'")
PLACES = "SELECT id, agency_id, session_id, status, answer_by, created_at FROM trainings_enrolment"
TAKEN_SLOTS = """
SELECT choice.slot_id, count(*)::integer AS taken
FROM trainings_slotchoice choice
JOIN trainings_enrolment enrolment ON enrolment.id = choice.enrolment_id
WHERE enrolment.status <> 'cancelled'
GROUP BY choice.slot_id
"""
# Only sessions of the reader's own agency, only people with a place, and only around the day.
ATTENDEES = """
SELECT enrolment.id, enrolment.agency_id, enrolment.session_id, enrolment.status,
       coalesce(patron.first_name || ' ' || patron.last_name, member.name, guest.name) AS name,
       agency.short_name AS agency_name
FROM trainings_enrolment enrolment
JOIN trainings_trainingsession session ON session.id = enrolment.session_id
JOIN agencies_agency agency ON agency.id = enrolment.agency_id
LEFT JOIN patrons_patron patron ON patron.id = enrolment.patron_id
LEFT JOIN agencies_membership member ON member.id = enrolment.member_id
LEFT JOIN trainings_guest guest ON guest.id = enrolment.guest_id
WHERE enrolment.status IN ('enrolled', 'attended', 'absent')
  AND session.agency_id = nullif((SELECT current_setting('klikks.current_tenant', true)), '')::bigint
  AND now() BETWEEN session.starts_at - interval '14 days' AND session.ends_at + interval '56 days'
"""
MODE = """
UPDATE trainings_trainingsession SET mode = CASE WHEN venue IN ('', 'online') THEN 'online' ELSE 'hybrid' END
WHERE online_link <> ''
"""


class Migration(migrations.Migration):
    dependencies = [("trainings", "0004_registration_and_coaching")]
    operations = [
        migrations.RunSQL(TAKEN, TAKEN_BEFORE),
        only_readable("trainings_takenplaces"),
        *owners_view("trainings_place", PLACES),
        *owners_view("trainings_takenslot", TAKEN_SLOTS),
        *owners_view("trainings_attendee", ATTENDEES),
        migrations.RunSQL(MODE, migrations.RunSQL.noop),
    ]
