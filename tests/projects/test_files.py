"""Photos and documents of projects: stripped, described, ordered, and seen only by those who may."""

import io

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from agencies.models import Agency
from klikks.tenancy import agency_context
from patrons.models import Patron
from projects import services
from projects.models import Project, ProjectDocument, ProjectPhoto
from tests import factories
from tests.queries import at_most

PDF = b"%PDF-1.4 Angebot"


def picture(width: int = 2400) -> SimpleUploadedFile:
    """Return a photo as a telephone takes it, with the place in its metadata."""
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    content = io.BytesIO()
    Image.new("RGB", (width, 1200), "green").save(content, "JPEG", exif=exif)
    return SimpleUploadedFile("IMG_1.jpg", content.getvalue(), "image/jpeg")


def add_photo(portal: Client, project: Project, alt: str, **data: object) -> str:
    url = reverse("projects:add_photo", args=[project.pk])
    return portal.post(
        url, {"photo-photo": picture(), "photo-alt": alt, "photo-is_public": "on", **data}, follow=True
    ).content.decode()


def add_document(portal: Client, project: Project, content: bytes = PDF, **data: object) -> str:
    url = reverse("projects:add_document", args=[project.pk])
    file = SimpleUploadedFile("../Angebot.pdf", content)
    return portal.post(url, {"document-file": file, "document-title": "Angebot", **data}, follow=True).content.decode()


def test_photos_are_stripped_described_and_ordered(portal: Client, agency: Agency, project: Project) -> None:
    assert "Bitte beschreiben Sie das Foto" in add_photo(portal, project, "")
    for alt in ("Vorher", "Nachher", "Feier"):
        assert alt in add_photo(portal, project, alt)
    with agency_context(agency):
        before, after, party = project.photos.all()
        stored = Image.open(before.file)
    assert (max(stored.size), dict(stored.getexif())) == (1600, {})
    assert portal.get(reverse("projects:own_photo", args=[before.pk]))["Content-Type"] == "image/jpeg"
    portal.post(reverse("projects:change_photo", args=[party.pk]), {"first": ""})
    portal.post(reverse("projects:change_photo", args=[after.pk]), {"forward": ""})
    with agency_context(agency):
        assert [photo.alt for photo in project.photos.all()] == ["Feier", "Nachher", "Vorher"]
    portal.post(reverse("projects:change_photo", args=[after.pk]), {"alt": "Es leuchtet"})
    with agency_context(agency):
        after.refresh_from_db()
    assert (after.alt, after.is_public) == ("Es leuchtet", False)
    page = portal.get(project.get_absolute_url()).content.decode()
    assert f'alt="{party.alt}"' in page


def test_a_removed_photo_is_gone_from_the_store(
    portal: Client, agency: Agency, project: Project, django_capture_on_commit_callbacks: object
) -> None:
    add_photo(portal, project, "Vorher")
    with agency_context(agency):
        photo = project.photos.get()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        portal.post(reverse("projects:change_photo", args=[photo.pk]), {"remove": "yes"})
    assert not default_storage.exists(str(photo.file))
    assert portal.get(reverse("projects:own_photo", args=[photo.pk])).status_code == 404


def test_documents_are_told_by_their_content_and_handed_out_as_downloads(
    portal: Client, desk: Client, agency: Agency, project: Project
) -> None:
    page = add_document(portal, project, b"<script>alert(1)</script>")
    assert "Bitte wählen Sie eine PDF-, PNG- oder JPEG-Datei" in page
    assert 'value="Angebot"' in page
    add_document(portal, project)
    with agency_context(agency):
        document = ProjectDocument.objects.get()
    for browser, name in ((portal, "own_document"), (desk, "desk_document")):
        answer = browser.get(reverse(f"projects:{name}", args=[document.pk]))
        assert (b"".join(answer.streaming_content), answer["Content-Type"]) == (PDF, "application/pdf")
        assert answer["Content-Disposition"].startswith("attachment; filename=")


def test_citizens_see_only_what_staff_have_released(
    client: Client, portal: Client, desk: Client, agency: Agency, project: Project, patron: Patron, other_patron: Patron
) -> None:
    add_photo(portal, project, "Vorher")
    add_document(portal, project, **{"document-is_public": "on"})
    add_document(portal, project)
    with agency_context(agency):
        photo = project.photos.get()
        shown, internal = project.documents.all()
    public = reverse("projects:released_project", args=[project.pk])
    files = [reverse("projects:public_photo", args=[photo.pk]), reverse("projects:public_document", args=[shown.pk])]
    assert [client.get(url).status_code for url in files] == [404, 404]
    with agency_context(agency):
        services.change_project(project, by=patron.user, public_summary="Neue Lampen.")
    release = reverse("admin:projects_project_release", args=[project.pk])
    assert "Vorher" in desk.get(release).content.decode()
    desk.post(release)
    assert [client.get(url).status_code for url in files] == [200, 200]
    assert client.get(reverse("projects:public_document", args=[internal.pk])).status_code == 404
    assert "Vorher" in client.get(public).content.decode()
    add_photo(portal, project, "Nachher")
    assert "Nachher" not in client.get(public).content.decode()
    with agency_context(agency):
        project.refresh_from_db()
    assert project.proposed_at is not None
    desk.post(release)
    assert "Nachher" in client.get(public).content.decode()
    desk.post(reverse("admin:projects_project_take_back", args=[project.pk]))
    assert [client.get(url).status_code for url in files] == [404, 404]
    stranger = factories.browser(other_patron.user)
    assert stranger.get(reverse("projects:own_photo", args=[photo.pk])).status_code == 404
    assert stranger.get(reverse("projects:files", args=[project.pk])).status_code == 404


def test_staff_keep_files_on_the_desk_which_are_public_at_once_in_a_released_project(
    client: Client, desk: Client, agency: Agency, project: Project, manager: object
) -> None:
    with agency_context(agency):
        Project.objects.update(public_summary="Neue Lampen.")
    desk.post(reverse("admin:projects_project_release", args=[project.pk]))
    url = reverse("admin:projects_project_files", args=[project.pk])
    page = desk.post(url, {"add": "photo", "photo-photo": picture(), "photo-alt": ""}).content.decode()
    assert "Bitte beschreiben Sie das Foto" in page
    for alt in ("Vorher", "Nachher"):
        desk.post(url, {"add": "photo", "photo-photo": picture(), "photo-alt": alt, "photo-is_public": "on"})
    desk.post(url, {"add": "document", "document-file": SimpleUploadedFile("a.pdf", PDF), "document-title": "Plan"})
    public = reverse("projects:released_project", args=[project.pk])
    assert "Nachher" in client.get(public).content.decode()
    with agency_context(agency):
        first, second = project.photos.all()
        document = project.documents.get()
    desk.post(url, {"photo": second.pk, "first": ""})
    desk.post(url, {"photo": first.pk, "public": ""})
    desk.post(url, {"document": document.pk, "public": ""})
    page = client.get(public).content.decode()
    assert "Vorher" not in page
    assert "Plan" in page
    desk.post(url, {"document": document.pk, "remove": ""})
    with agency_context(agency):
        assert [photo.alt for photo in project.photos.all()] == ["Nachher", "Vorher"]
        assert not project.documents.exists()


@pytest.mark.parametrize("count", [1, 10])
def test_the_page_of_files_asks_as_often_for_many_as_for_one(
    portal: Client, agency: Agency, project: Project, count: int
) -> None:
    with agency_context(agency):
        for number in range(count):
            ProjectPhoto.objects.create(project=project, alt="Lampe", file="x.jpg", position=number)
            ProjectDocument.objects.create(project=project, title="Plan", file="x.pdf")
    with at_most(8):
        portal.get(reverse("projects:files", args=[project.pk]))
