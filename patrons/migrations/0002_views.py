"""What is read past the walls: the verified certificate, patrons as they show themselves, and released stories."""

from django.db import migrations

# The one appointment whose code the connection names.
VERIFICATION = """
CREATE VIEW patrons_verification WITH (security_barrier) AS
SELECT
    appointment.code,
    appointment.ended_on IS NULL
        OR (
            appointment.revoked_on IS NULL
            AND appointment.ended_on > (now() AT TIME ZONE 'Europe/Berlin')::date
        ) AS is_valid,
    patron.first_name || ' ' || patron.last_name AS name,
    commune.name AS municipality,
    appointment.appointed_on AS since,
    appointment.revoked_on IS NOT NULL AS is_revoked
FROM patrons_appointment appointment
JOIN patrons_patron patron ON patron.id = appointment.patron_id
JOIN communes_commune commune ON commune.id = appointment.commune_id
WHERE appointment.code = (SELECT current_setting('klikks.verification_code', true))
"""

# One row a profile, for whoever belongs to an agency of the programme. Each column stays blank until the person has
# released it, and for people who are not in office any more.
FACES = """
CREATE VIEW patrons_face WITH (security_barrier) AS
SELECT
    patron.id AS patron_id,
    patron.programme_id AS programme_id,
    agency.state_id AS state_id,
    agency.short_name AS agency_name,
    shown.is_listed AS is_listed,
    patron.status IN ('farewell', 'withdrawn') AS has_left,
    CASE WHEN shown.is_listed THEN patron.first_name || ' ' || patron.last_name ELSE '' END AS name,
    CASE WHEN shown.is_listed THEN patron.sort_name ELSE '' END AS sort_name,
    CASE WHEN shown.is_listed AND profile.shows_municipality THEN coalesce(
        (SELECT string_agg(commune.name, ', ' ORDER BY appointment.appointed_on, appointment.id)
         FROM patrons_appointment appointment JOIN communes_commune commune ON commune.id = appointment.commune_id
         WHERE appointment.patron_id = patron.id AND appointment.ended_on IS NULL), '') ELSE '' END AS municipality,
    CASE WHEN shown.is_listed AND profile.shows_topics THEN patron.topics ELSE '{}' END AS topics,
    CASE WHEN shown.is_listed AND profile.shows_about THEN profile.about ELSE '' END AS about,
    CASE WHEN shown.is_listed AND profile.shows_email THEN patron.email ELSE '' END AS email,
    CASE WHEN shown.is_listed AND profile.shows_phone THEN patron.phone ELSE '' END AS phone
FROM patrons_profile profile
JOIN patrons_patron patron ON patron.id = profile.patron_id
JOIN agencies_agency agency ON agency.id = patron.agency_id
CROSS JOIN LATERAL (
    SELECT profile.is_listed AND patron.status IN ('appointed', 'active', 'pausing') AS is_listed
) shown
WHERE patron.programme_id IN (
    SELECT participation.programme_id FROM agencies_participation participation
    WHERE participation.agency_id = nullif((SELECT current_setting('klikks.current_tenant', true)), '')::bigint
)
"""

# Only what is released; the author's name and municipality only where that was agreed.
RELEASED_STORIES = """
CREATE VIEW patrons_publicstory WITH (security_barrier) AS
SELECT
    story.id AS id,
    patron.programme_id AS programme_id,
    agency.state_id AS state_id,
    story.title AS title,
    story.body AS body,
    story.language AS language,
    story.released_at AS released_at,
    story.photo AS photo,
    story.photo_alt AS photo_alt,
    CASE WHEN story.is_named THEN patron.first_name || ' ' || patron.last_name ELSE '' END AS name,
    CASE WHEN story.is_named THEN coalesce(
        (SELECT string_agg(commune.name, ', ' ORDER BY appointment.appointed_on, appointment.id)
         FROM patrons_appointment appointment JOIN communes_commune commune ON commune.id = appointment.commune_id
         WHERE appointment.patron_id = patron.id AND appointment.ended_on IS NULL), '') ELSE '' END AS municipality
FROM patrons_story story
JOIN patrons_patron patron ON patron.id = story.patron_id
JOIN agencies_agency agency ON agency.id = story.agency_id
WHERE story.status = 'released'
"""


class Migration(migrations.Migration):
    replaces = [("patrons", "0002_verification_view"), ("patrons", "0008_revoked_appointments")]
    dependencies = [("patrons", "0001_tables")]
    operations = [
        migrations.RunSQL(VERIFICATION, "DROP VIEW patrons_verification"),
        migrations.RunSQL(FACES, "DROP VIEW patrons_face"),
        migrations.RunSQL(RELEASED_STORIES, "DROP VIEW patrons_publicstory"),
    ]
