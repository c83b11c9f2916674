"""Views for trainings with several dates and for the queues of slots; existing attendance counts for all dates so far."""

from django.db import migrations

from klikks.tenancy import owners_view

# Only sessions of the reader's own agency, only people with a place, and only around the days.
ATTENDEES = """
CREATE OR REPLACE VIEW trainings_attendee WITH (security_barrier) AS
SELECT enrolment.id, enrolment.agency_id, enrolment.session_id, enrolment.status,
       coalesce(patron.first_name || ' ' || patron.last_name, member.name, guest.name) AS name,
       agency.short_name AS agency_name{dates}
FROM trainings_enrolment enrolment
JOIN trainings_trainingsession session ON session.id = enrolment.session_id
JOIN agencies_agency agency ON agency.id = enrolment.agency_id
LEFT JOIN patrons_patron patron ON patron.id = enrolment.patron_id
LEFT JOIN agencies_membership member ON member.id = enrolment.member_id
LEFT JOIN trainings_guest guest ON guest.id = enrolment.guest_id
WHERE enrolment.status IN ('enrolled', 'attended', 'absent')
  AND session.agency_id = nullif((SELECT current_setting('klikks.current_tenant', true)), '')::bigint
  AND now() BETWEEN session.starts_at - interval '14 days' AND session.{end} + interval '56 days'
"""
DATES = """,
       ARRAY(
           SELECT coalesce(latest.date_id, 0) FROM (
               SELECT DISTINCT ON (note.date_id) note.date_id, note.is_present
               FROM trainings_attendanceentry note WHERE note.enrolment_id = enrolment.id
               ORDER BY note.date_id, note.noted_at DESC, note.id DESC
           ) latest WHERE latest.is_present
       ) AS dates"""
SLOT_PLACES = """
SELECT choice.id, choice.agency_id, choice.slot_id, choice.status, choice.answer_by, choice.chosen_at
FROM trainings_slotchoice choice
JOIN trainings_enrolment enrolment ON enrolment.id = choice.enrolment_id
WHERE enrolment.status <> 'cancelled'
"""
TAKEN_SLOTS = """
CREATE OR REPLACE VIEW trainings_takenslot WITH (security_barrier) AS
SELECT choice.slot_id, count(*)::integer AS taken
FROM trainings_slotchoice choice
JOIN trainings_enrolment enrolment ON enrolment.id = choice.enrolment_id
WHERE enrolment.status <> 'cancelled'{and_has_a_place}
GROUP BY choice.slot_id
"""
ENDS = "UPDATE trainings_trainingsession SET over_at = ends_at"
INVITES = """
UPDATE trainings_calendarinvite invite SET starts_at = session.starts_at, ends_at = session.ends_at
FROM trainings_enrolment enrolment JOIN trainings_trainingsession session ON session.id = enrolment.session_id
WHERE enrolment.id = invite.enrolment_id
"""
# Until now somebody had attended a training as a whole: that is, each of its dates up to now.
ATTENDED = """
INSERT INTO trainings_attendanceentry
       (agency_id, key, enrolment_id, date_id, is_present, way, noted_at, received_at)
SELECT enrolment.agency_id, gen_random_uuid(), enrolment.id, held.date_id, true, 'list', held.ends_at, now()
FROM trainings_enrolment enrolment
JOIN (
    SELECT id AS session_id, NULL::bigint AS date_id, starts_at, ends_at FROM trainings_trainingsession
    UNION ALL
    SELECT session_id, id, starts_at, ends_at FROM trainings_furtherdate
) held ON held.session_id = enrolment.session_id AND held.starts_at <= now()
WHERE enrolment.status = 'attended' AND NOT EXISTS (
    SELECT FROM trainings_attendanceentry note
    WHERE note.enrolment_id = enrolment.id AND note.date_id IS NOT DISTINCT FROM held.date_id
)
"""
NOT_YET_ALL = """
UPDATE trainings_enrolment enrolment SET status = 'enrolled'
FROM trainings_furtherdate further
WHERE enrolment.status = 'attended' AND further.session_id = enrolment.session_id AND further.starts_at > now()
"""


class Migration(migrations.Migration):
    dependencies = [("trainings", "0008_several_dates")]
    operations = [
        migrations.RunSQL(
            ATTENDEES.format(dates=DATES, end="over_at"),
            f"DROP VIEW trainings_attendee; {ATTENDEES.format(dates='', end='ends_at')}",
        ),
        *owners_view("trainings_slotplace", SLOT_PLACES),
        migrations.RunSQL(
            TAKEN_SLOTS.format(and_has_a_place=" AND choice.status <> 'waiting'"),
            TAKEN_SLOTS.format(and_has_a_place=""),
        ),
        *(migrations.RunSQL(done, migrations.RunSQL.noop) for done in (ENDS, INVITES, ATTENDED, NOT_YET_ALL)),
    ]
