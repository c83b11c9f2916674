"""Experience reports: from the draft to the public page, with photo, consent and the staff's word."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from agencies.models import Agency, Programme
from agencies.models.accounts import Role
from deadlines.models import OutboxMail
from klikks.tenancy import agency_context
from patrons.models import Patron, Story
from tests import factories
from tests.patrons.test_directory import make_patron
from tests.queries import at_most

pytestmark = pytest.mark.django_db

WRITTEN = {"title": "Licht am Dorfplatz 💡", "body": "Erst zählten wir.\n\nDann <b>bauten</b> wir.", "language": "de"}


@pytest.fixture
def author(agency: Agency, programme: Programme) -> Patron:
    """A patron in office."""
    return make_patron(agency, programme, first_name="Anna", last_name="Schreiberin")


@pytest.fixture
def portal(author: Patron) -> Client:
    """The author's browser."""
    return factories.browser(author.user)


def picture(size: tuple[int, int] = (2400, 1200), kind: str = "JPEG") -> bytes:
    """Return a photo that says where it was taken and lies on its side."""
    content = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Geheime Kamera"
    Image.new("RGB" if kind == "JPEG" else "1", size, "green").save(content, kind, exif=exif)
    return content.getvalue()


def write(portal: Client, **typed: Any) -> str:
    """Send the form of a new report and return the page that follows."""
    return portal.post(reverse("patrons:write_story"), {**WRITTEN, **typed}, follow=True).content.decode()


def only_story(agency: Agency) -> Story:
    with agency_context(agency):
        return Story.objects.get()


def act(desk: Client, name: str, story: Story, **typed: str) -> str:
    """Do something with a report on the desk."""
    return desk.post(reverse(f"admin:patrons_story_{name}", args=[story.pk]), typed, follow=True).content.decode()


def test_a_report_goes_from_draft_to_the_public_page_by_way_of_the_staff(
    portal: Client, author: Patron, agency: Agency, other_agency: Agency, desk: Client, as_role: Callable[..., Client],
    client: Client,
) -> None:  # fmt: skip
    photo = SimpleUploadedFile("IMG_1.jpg", picture())
    assert "Nur Sie sehen ihn" in write(portal, photo=photo, photo_alt="Eine Lampe", is_named="")
    story = only_story(agency)
    listed = reverse("admin:patrons_story_changelist")
    change = reverse("admin:patrons_story_change", args=[story.pk])
    assert "Licht am Dorfplatz" not in desk.get(listed).content.decode(), "drafts stay with their authors"
    with story.photo.open("rb") as stored, Image.open(stored) as kept:
        assert (kept.format, kept.size) == ("JPEG", (800, 1600)), "upright and smaller"
        assert not kept.getexif()
        assert b"Geheime Kamera" not in story.photo.storage.open(story.photo.name).read()

    edit = reverse("patrons:edit_story", args=[story.pk])
    told = portal.post(edit, {**WRITTEN, "photo_alt": "Eine Lampe", "hand_in": "1"}, follow=True).content.decode()
    assert "Energieagentur liest" in told
    assert portal.post(edit, {**WRITTEN, "title": "Zu spät", "photo_alt": "x"}).content.decode().count("Laden Sie") == 1
    assert "Eine Lampe" in desk.get(change).content.decode()
    assert desk.get(reverse("admin:patrons_story_photo", args=[story.pk])).status_code == 200
    there = as_role(Role.REGIONAL_MANAGER, other_agency)
    assert there.get(reverse("admin:patrons_story_photo", args=[story.pk])).status_code == 404
    assert client.get(reverse("patrons:story", args=[story.pk])).status_code == 404
    assert client.get(reverse("patrons:story_photo", args=[story.pk])).status_code == 404

    assert "Ihre Nachricht per Mail" in act(desk, "give_back", story, note="Bitte die Kosten nennen.")
    assert "cannot" not in act(desk, "release", story)
    assert "Bitte die Kosten nennen." in portal.get(edit).content.decode()
    portal.post(edit, {**WRITTEN, "photo_alt": "Eine Lampe", "is_named": "", "hand_in": "1"})
    assert "jetzt öffentlich" in act(desk, "release", story)

    public = client.get(reverse("patrons:story", args=[story.pk])).content.decode()
    assert "&lt;b&gt;bauten" in public
    assert "Klimaschutzpat:in aus Rheinland-Pfalz" in public
    assert 'alt="Eine Lampe"' in public
    assert "Schreiberin" not in public, "named only with consent"
    assert client.get(reverse("patrons:story_photo", args=[story.pk])).headers["Content-Type"] == "image/jpeg"
    with agency_context(agency):
        mails = list(OutboxMail.objects.filter(template__startswith="story/").order_by("pk"))
    assert [(mail.template, mail.recipient) for mail in mails] == [
        ("story/given_back", author.email),
        ("story/released", author.email),
    ]
    assert "Bitte die Kosten nennen." in mails[0].text
    assert f"/stories/{story.pk}/" in mails[1].text

    assert "nicht mehr öffentlich" in act(desk, "take_back", story)
    assert client.get(reverse("patrons:story", args=[story.pk])).status_code == 404


def test_the_author_is_named_where_that_was_agreed_and_can_take_a_report_back_before_it_is_read(
    portal: Client, agency: Agency, desk: Client, client: Client
) -> None:
    write(portal, is_named="on", hand_in="1")
    story = only_story(agency)
    assert portal.post(reverse("patrons:take_home_story", args=[story.pk])).status_code == 302
    assert only_story(agency).status == Story.Status.DRAFT
    portal.post(reverse("patrons:edit_story", args=[story.pk]), {**WRITTEN, "is_named": "on", "hand_in": "1"})
    act(desk, "release", story)
    page = client.get(reverse("patrons:story", args=[story.pk])).content.decode()
    assert "Anna Schreiberin" in page
    assert "Bingen am Rhein" in page


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("foto.jpg", b"MZ\x90\x00 not a picture", "Bitte wählen Sie ein Foto als JPEG oder PNG"),
        ("foto.jpg", b"<svg><script>x</script></svg>", "Bitte wählen Sie ein Foto als JPEG oder PNG"),
        ("foto.jpg", b"%PDF-1.4", "Bitte wählen Sie ein Foto als JPEG oder PNG"),
        ("foto.png", b"\x89PNG\r\n\x1a\n" + b"x" * 99, "beschädigt"),
        ("foto.png", picture((9000, 9000), "PNG"), "50 Millionen"),
    ],
)
def test_what_is_no_photo_is_refused_and_what_was_typed_stays(
    portal: Client, agency: Agency, name: str, content: bytes, words: str
) -> None:
    page = write(portal, photo=SimpleUploadedFile(name, content), photo_alt="Eine Lampe")
    assert words in page
    assert "Licht am Dorfplatz 💡" in page
    assert "Erst zählten wir." in page
    with agency_context(agency):
        assert not Story.objects.exists()


def test_a_photo_needs_words_and_an_empty_report_is_refused(portal: Client, agency: Agency) -> None:
    page = write(portal, photo=SimpleUploadedFile("a.jpg", picture((20, 20))), title="\u200b")
    assert "beschreiben Sie das Foto" in page
    assert "noch einmal" in page
    with agency_context(agency):
        assert not Story.objects.exists()


def test_the_public_list_shows_the_newest_first_and_asks_the_database_as_often_for_fifty_as_for_one(
    author: Patron, programme: Programme, client: Client, portal: Client, desk: Client
) -> None:
    for count in (1, 49):
        with agency_context(author.agency_id):
            stories = [
                Story.objects.create(patron=author, title=f"Bericht {number}", body="x", status=Story.Status.HANDED_IN)
                for number in range(count)
            ]
        act(desk, "release", stories[-1])
        with agency_context(author.agency_id):
            released = Story.objects.get(pk=stories[-1].pk).released_at
            Story.objects.filter(status=Story.Status.HANDED_IN).update(status="released", released_at=released)
        for address in (reverse("patrons:stories"), reverse("patrons:stories", args=[programme.slug])):
            with at_most(5):
                assert "Bericht 0" in client.get(address, {"page": "99"}).content.decode()
        with at_most(5):
            client.get(reverse("patrons:story", args=[stories[-1].pk]))
        with at_most(8):
            portal.get(reverse("patrons:my_stories"))
        with at_most(12):
            desk.get(reverse("admin:patrons_story_changelist"))
    assert "Bericht 0" not in client.get(reverse("patrons:stories", args=[factories.programme().slug])).content.decode()
