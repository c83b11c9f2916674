"""Released photos and documents of projects, and which project took up which other one's idea, as all may read them."""

from django.db import migrations

from klikks.tenancy import SAME_AGENCY, owners_view

PHOTOS = """
SELECT photo.id, photo.project_id, photo.file, photo.alt, photo.position
FROM projects_projectphoto photo
JOIN projects_project project ON project.id = photo.project_id
WHERE project.released_at IS NOT NULL AND photo.is_public AND photo.released_at IS NOT NULL
"""
DOCUMENTS = """
SELECT document.id, document.project_id, document.title, document.file
FROM projects_projectdocument document
JOIN projects_project project ON project.id = document.project_id
WHERE project.released_at IS NOT NULL AND document.is_public AND document.released_at IS NOT NULL
"""
# Two parts, so that each finds its rows by its own index.
COPIES = """
SELECT project.id, project.copied_from_id AS source_id,
       CASE WHEN project.released_at IS NOT NULL OR OWN THEN project.commune_id END AS commune_id
FROM projects_project project
WHERE project.copied_from_id IS NOT NULL
UNION ALL
SELECT project.id, project.copied_public AS source_id,
       CASE WHEN project.released_at IS NOT NULL OR OWN THEN project.commune_id END AS commune_id
FROM projects_project project
WHERE project.copied_public IS NOT NULL
""".replace("OWN", SAME_AGENCY.replace("agency_id", "project.agency_id"))  # nosec B608


class Migration(migrations.Migration):
    dependencies = [("projects", "0003_planning_and_files")]
    operations = [
        *owners_view("projects_publicphoto", PHOTOS),
        *owners_view("projects_publicdocument", DOCUMENTS),
        *owners_view("projects_copy", COPIES),
    ]
