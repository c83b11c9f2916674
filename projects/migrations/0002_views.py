"""Released projects and ideas, as everybody may read them."""

from django.db import migrations

from klikks.tenancy import owners_view

PROJECTS = """
SELECT project.id, project.programme_id, project.commune_id, project.topic_id, project.status, project.title,
       project.public_summary, project.released_at,
       ARRAY(
           SELECT commune.name
           FROM projects_projectpartner partner
           JOIN communes_commune commune ON commune.id = partner.commune_id
           WHERE partner.project_id = project.id
           ORDER BY commune.search_name
       ) AS partners
FROM projects_project project
WHERE project.released_at IS NOT NULL
"""
IDEAS = """
SELECT id, programme_id, commune_id, topic_id, title, text, CASE WHEN shows_author THEN author ELSE '' END AS author,
       status = 'adopted' AS is_adopted, received_at
FROM projects_idea
WHERE released_at IS NOT NULL AND status IN ('released', 'adopted')
"""


class Migration(migrations.Migration):
    replaces = [("projects", "0002_joint_projects_and_ideas_of_citizens")]
    dependencies = [("projects", "0001_tables")]
    operations = [
        *owners_view("projects_publicproject", PROJECTS),
        *owners_view("projects_publicidea", IDEAS),
    ]
