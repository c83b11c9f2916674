"""An idea's way: sent by anybody, read by staff, shown, followed by mail, taken up by a patron, done, forgotten."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core import mail as mailbox
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.desk import object_url
from agencies.models import Agency, Participation, Programme
from agencies.models.accounts import Role
from communes.models import Commune
from deadlines.models import OutboxMail
from deadlines.outbox import drain
from klikks.tenancy import agency_context
from patrons.models import Patron
from projects.ideas.similar import similar_to
from projects.models import Idea, IdeaFollow, Project
from projects.tasks import forget_people_of_ideas
from tests import factories
from tests.humans import solved
from tests.patrons.test_stories import picture
from tests.queries import at_most

pytestmark = pytest.mark.django_db

SENT = {
    "title": "Balkonkraftwerke gemeinsam bestellen",
    "text": "Viele im Ort wollen eines, <b>allein</b> ist es mühsam.",
    "commune": "Bingen am Rhein",
    "topic": "energy",
    "author": "Lena Wiese",
    "email": "lena@example.org",
    "shows_author": "on",
    "consent": "on",
}
LINK = re.compile(r"http://[^/\s]+(/\S+)")


def send(client: Client, **typed: Any) -> str:
    """Send the form of an idea and return the page that follows."""
    values = {**SENT, "proof": solved(), **typed}
    return client.post(reverse("projects:send_idea"), values, follow=True).content.decode()


def only_idea(agency: Agency) -> Idea:
    with agency_context(agency):
        return Idea.objects.get()


def mails(agency: Agency, template: str, to: str = "") -> list[OutboxMail]:
    with agency_context(agency):
        rows = OutboxMail.objects.filter(template=template).order_by("pk")
        return list(rows.filter(recipient=to) if to else rows)


def link_in(mail: OutboxMail, part: str) -> str:
    """Return the path of a mail's link that has this part."""
    return next(found for found in LINK.findall(mail.text) if part in found)


def act(desk: Client, name: str, idea: Idea, **typed: str) -> str:
    """Do something with an idea on the desk."""
    return desk.post(reverse(f"admin:projects_idea_{name}", args=[idea.pk]), typed, follow=True).content.decode()


@pytest.fixture
def released(client: Client, agency: Agency, commune: Commune, desk: Client) -> Idea:
    """An idea that was sent by the public form and released on the desk."""
    assert "Vielen Dank" in send(client)
    idea = only_idea(agency)
    act(desk, "release", idea)
    return idea


@pytest.fixture
def follower(client: Client, agency: Agency, released: Idea) -> IdeaFollow:
    """Somebody who has confirmed to follow it."""
    values = {"email": "Jo@example.org", "proof": solved()}
    assert (
        "Postfach"
        in client.post(reverse("projects:follow_idea", args=[released.pk]), values, follow=True).content.decode()
    )
    (confirm,) = mails(agency, "idea/follow")
    client.post(link_in(confirm, "/ideas/follow/"))
    with agency_context(agency):
        return IdeaFollow.objects.get(confirmed_at__isnull=False)


def test_an_idea_with_a_picture_reaches_the_agency_of_the_state_and_is_public_once_staff_release_it(
    client: Client, agency: Agency, other_agency: Agency, commune: Commune, desk: Client, as_role: Callable[..., Client]
) -> None:
    photo = SimpleUploadedFile("IMG_1.jpg", picture())
    assert "Vielen Dank" in send(client, photo=photo, photo_alt="Ein Balkon mit zwei Modulen")
    idea = only_idea(agency)
    assert (idea.commune, idea.topic_id, idea.status) == (commune, "energy", "received")
    content = Path(idea.photo.path).read_bytes()
    assert b"Geheime Kamera" not in content
    listed, page = reverse("projects:ideas"), reverse("projects:idea", args=[idea.pk])
    picture_page = reverse("projects:idea_photo", args=[idea.pk])
    assert SENT["title"] not in client.get(listed).content.decode()
    assert {client.get(page).status_code, client.get(picture_page).status_code} == {404}
    change = reverse("admin:projects_idea_change", args=[idea.pk])
    with at_most(12):
        shown = desk.get(change).content.decode()
    assert "Ein Balkon mit zwei Modulen" in shown
    assert desk.get(reverse("admin:projects_idea_photo", args=[idea.pk])).status_code == 200
    elsewhere = as_role(Role.REGIONAL_MANAGER, other_agency)
    assert elsewhere.get(change).status_code in {302, 404}
    act(desk, "release", idea)
    with at_most(5):
        shown = client.get(page).content.decode()
    assert "Lena Wiese" in shown
    assert "&lt;b&gt;" in shown
    assert "lena@example.org" not in shown
    assert "Ein Balkon mit zwei Modulen" in shown
    assert client.get(picture_page)["Content-Type"] == "image/jpeg"
    for query, expected in [
        ({}, True),
        ({"topic": "energy", "place": "Bingen"}, True),
        ({"place": "55411"}, True),
        ({"topic": "nature"}, False),
        ({"place": "Celle"}, False),
    ]:
        with at_most(5):
            found = client.get(reverse("projects:ideas", args=[idea.programme.slug, agency.slug]), query)
        assert (SENT["title"] in found.content.decode()) is expected, query
    assert (
        SENT["title"]
        not in client.get(reverse("projects:ideas", args=[idea.programme.slug, other_agency.slug])).content.decode()
    )
    assert client.get(reverse("projects:ideas", args=["none-such"])).status_code == 404
    assert [one.template for one in mails(agency, "idea/received") + mails(agency, "idea/released")] == [
        "idea/received",
        "idea/released",
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"commune": "Nirgendwo"}, "keine Kommune „Nirgendwo“"),
        ({"commune": ""}, "erforderlich"),
        ({"consent": ""}, "Ohne Ihre Einwilligung"),
        ({"author": "www.example.org"}, "ohne Internetadresse"),
        ({"email": "lena@"}, "gültige E-Mail-Adresse"),
        ({"proof": ""}, "sehr schnell"),
        ({"topic": "no-such"}, "gültige Auswahl"),
        ({"photo": SimpleUploadedFile("virus.jpg", b"MZ\x90 not a picture")}, "etwas anderes"),
        ({"photo": SimpleUploadedFile("x.jpg", picture((40, 20)))}, "beschreiben Sie das Bild"),
    ],
)
def test_a_slip_is_explained_and_nothing_typed_is_lost(
    client: Client, agency: Agency, commune: Commune, change: dict[str, Any], words: str
) -> None:
    answer = send(client, **change)
    assert words in answer
    assert "allein&lt;/b&gt; ist es mühsam" in answer
    with agency_context(agency):
        assert not Idea.objects.exists()


def test_neither_name_nor_consent_is_needed_and_a_state_without_a_programme_says_so(
    client: Client, agency: Agency, commune: Commune
) -> None:
    assert "Vielen Dank" in send(client, author="", email="", consent="", shows_author="")
    assert (only_idea(agency).author, mails(agency, "idea/received")) == ("", [])
    factories.commune("Celle", ags="03351006", state_id="DE-NI")
    photo = SimpleUploadedFile("x.jpg", picture((40, 20)))
    refused = send(client, commune="Celle", title="Ganz etwas Neues", photo=photo, photo_alt="Die Haltestelle")
    assert "Niedersachsen gibt es zurzeit kein" in refused
    assert "Bitte wählen Sie das Bild noch einmal" in refused


def test_where_two_programmes_run_the_citizen_chooses(client: Client, agency: Agency, commune: Commune) -> None:
    second = factories.programme(name="Zweites Programm")
    with agency_context(agency):
        Participation.objects.create(agency=agency, programme=second)
    assert "mehrere Programme" in send(client)
    assert "Vielen Dank" in send(client, programme=str(second.pk))
    assert only_idea(agency).programme == second


def test_without_scripts_what_is_similar_is_shown_once_and_then_the_idea_is_taken(
    client: Client, agency: Agency, released: Idea
) -> None:
    title = "Gemeinsam ein Balkonkraftwerk bestellen"
    answer = send(client, title=title)
    assert "Gibt es sie vielleicht schon?" in answer
    assert released.title in answer
    known = re.search(r'name="known" value="([^"]*)"', answer)
    assert known
    assert known[1] == f"idea-{released.pk}"
    with agency_context(agency):
        assert Idea.objects.count() == 1
    assert "Vielen Dank" in send(client, title=title, known=known[1])
    with agency_context(agency):
        assert Idea.objects.count() == 2


def test_following_needs_the_mailed_link_tells_of_each_step_and_ends_by_a_link_in_each_mail(
    client: Client, agency: Agency, released: Idea, follower: IdeaFollow, commune: Commune, desk: Client,
    patron: Patron, portal: Client,
) -> None:  # fmt: skip
    client.post(reverse("projects:follow_idea", args=[released.pk]), {"email": "never@example.org", "proof": solved()})
    unconfirmed = mails(agency, "idea/follow", "never@example.org")[0]
    assert client.get(link_in(unconfirmed, "/ideas/follow/")).status_code == 200  # a scanner's visit confirms nothing
    with at_most(8):
        shown = portal.get(reverse("projects:my_ideas")).content.decode()
    assert released.title in shown
    take_up = reverse("projects:take_up_idea", args=[released.pk])
    assert portal.post(take_up, {"title": "", "topic": "energy"}).status_code == 200
    told = portal.post(take_up, {"title": "Balkonstrom", "topic": "energy"}, follow=True).content.decode()
    assert "Nach einer Idee von Lena Wiese" in told
    assert portal.post(take_up, {"title": "Noch einmal", "topic": "energy"}).status_code == 404
    with agency_context(agency):
        project = Project.objects.get()
        assert project.leads.get().patron == patron
        Project.objects.update(public_summary="Es geht los.", released_at=timezone.now(), status="under_way")
    assert "Es geht los." in client.get(reverse("projects:idea", args=[released.pk])).content.decode()
    with at_most(5):
        shown = client.get(reverse("projects:released_project", args=[project.pk])).content.decode()
    assert "Nach einer Idee von Lena Wiese" in shown
    assert "Nach einer Idee von Lena Wiese" in desk.get(object_url(project)).content.decode()
    portal.post(f"{reverse('projects:move', args=[project.pk])}?to=done", {"on": timezone.localdate().isoformat()})
    assert [len(mails(agency, f"idea/{event}", "lena@example.org")) for event in ("adopted", "done")] == [1, 1]
    news = mails(agency, "idea/news")
    assert [one.recipient for one in news] == ["Jo@example.org"] * 2
    assert "Daraus ist ein Projekt geworden: Bingen" in news[0].text
    assert "abgeschlossen" in news[1].text
    drain(agency)
    sent = next(one for one in mailbox.outbox if one.subject.startswith("Neues zur Idee"))
    end = link_in(news[0], "/ideas/unfollow/")
    assert sent.extra_headers["List-Unsubscribe"].endswith(f"{end}>")
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert client.get(end).status_code == 200
    one_click = Client(enforce_csrf_checks=True)
    assert one_click.post(end, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert one_click.post(end).status_code == 200
    with agency_context(agency):
        assert not IdeaFollow.objects.filter(pk=follower.pk).exists()
        assert not apps.get_model("projects", "IdeaFollowEvent").objects.filter(email="Jo@example.org").exists()
    assert mails(agency, "idea/news") == []


@pytest.mark.parametrize("name", ["confirm_follow", "unfollow_idea", "own_idea"])
def test_forged_links_and_those_of_other_purposes_open_nothing(
    client: Client, agency: Agency, follower: IdeaFollow, name: str
) -> None:
    token = link_in(mails(agency, "idea/follow")[0], "/ideas/follow/").rstrip("/").rsplit("/", 1)[1]
    forged = [token[:-1], "x"] if name == "confirm_follow" else [token, "x"]
    for wrong in forged:
        answer = client.post(reverse(f"projects:{name}", args=[wrong]))
        assert answer.status_code == 404
        assert "Link" in answer.content.decode()
    with agency_context(agency):
        assert IdeaFollow.objects.get().pk == follower.pk


def test_staff_see_what_is_like_it_and_send_the_author_to_what_is_there_already(
    client: Client, agency: Agency, released: Idea, desk: Client
) -> None:
    send(client, title="Balkonkraftwerk gemeinsam", email="otto@example.org", known=f"idea-{released.pk}")
    with agency_context(agency):
        again = Idea.objects.get(status="received")
    assert released.title in desk.get(reverse("admin:projects_idea_change", args=[again.pk])).content.decode()
    page = desk.get(reverse("admin:projects_idea_known", args=[again.pk])).content.decode()
    assert released.title in page
    assert "ungültige" not in act(desk, "known", again, same=f"idea-{released.pk}")
    with agency_context(agency):
        again.refresh_from_db()
    assert again.status == "declined"
    (told,) = mails(agency, "idea/known", "otto@example.org")
    assert reverse("projects:idea", args=[released.pk]) in told.text
    assert "ist jetzt „abgelehnt“" in act(desk, "decline", again, reason="Zu spät")
    with agency_context(agency):
        assert len(mails(agency, "idea/declined")) == 0


def test_authors_delete_their_name_or_the_whole_idea_by_the_link_in_their_mails(
    client: Client, agency: Agency, released: Idea, follower: IdeaFollow
) -> None:
    own = link_in(mails(agency, "idea/received")[0], "/ideas/own/")
    assert "lena@example.org" in client.get(own).content.decode()
    client.post(own, {"forget": "1"})
    with agency_context(agency):
        idea = Idea.objects.get()
        assert (idea.author, idea.email) == ("", "")
        assert not idea.history.exclude(author="", email="").exists()
    assert mails(agency, "idea/received") == []
    assert "Lena Wiese" not in client.get(reverse("projects:idea", args=[released.pk])).content.decode()
    client.post(own, {"withdraw": "1"})
    with agency_context(agency):
        assert not Idea.objects.exists()
        assert not apps.get_model("projects", "IdeaEvent").objects.exists()
        assert not IdeaFollow.objects.exists()
    assert client.get(own).status_code == 410


def test_people_are_forgotten_when_their_time_is_over_and_not_before(
    agency: Agency, other_agency: Agency, programme: Programme
) -> None:
    now = timezone.now()

    def idea(title: str, **fields: Any) -> Idea:
        values = {"programme": programme, "title": title, "author": "A", "email": "a@example.org", **fields}
        return Idea.objects.create(**values)

    with agency_context(agency):
        fresh = idea("fresh")
        declined = idea("declined", status="declined", closed_at=now - timedelta(days=181))
        told = idea("told", status="declined", closed_at=now - timedelta(days=31))
        shown = idea("shown", status="adopted", shows_author=True, closed_at=now - timedelta(days=181))
        old = idea("old", received_at=now - timedelta(days=3 * 366))
        for number, (of, confirmed, asked) in enumerate([
            (fresh, now, 0), (fresh, None, 6), (fresh, None, 8), (told, now, 40),
        ]):  # fmt: skip
            IdeaFollow.objects.create(
                idea=of, email=f"f{number}@example.org", confirmed_at=confirmed, asked_at=now - timedelta(days=asked)
            )
    forget_people_of_ideas()
    forget_people_of_ideas()
    with agency_context(agency):
        kept = dict(Idea.objects.values_list("title", "email"))
        assert kept == {"fresh": "a@example.org", "told": "a@example.org", "declined": "", "shown": "", "old": ""}
        assert Idea.objects.get(pk=shown.pk).author == "A"
        assert Idea.objects.get(pk=declined.pk).author == Idea.objects.get(pk=old.pk).author == ""
        assert set(IdeaFollow.objects.values_list("email", flat=True)) == {"f0@example.org", "f1@example.org"}


def test_a_patron_takes_up_only_ideas_for_the_own_municipality(
    agency: Agency, programme: Programme, portal: Client, commune: Commune
) -> None:
    elsewhere = factories.commune("Anderswo")
    with agency_context(agency):
        values = {"programme": programme, "title": "Idee", "text": "Text", "released_at": timezone.now()}
        foreign = Idea.objects.create(commune=elsewhere, status="released", **values)
        unread = Idea.objects.create(commune=commune, status="received", **values | {"released_at": None})
    assert "Noch keine Idee für Ihren Ort" in portal.get(reverse("projects:my_ideas")).content.decode()
    for idea in (foreign, unread):
        assert portal.get(reverse("projects:take_up_idea", args=[idea.pk])).status_code == 404


def test_lists_ask_the_database_the_same_number_of_times_however_many_ideas_there_are(
    client: Client, agency: Agency, programme: Programme, commune: Commune, portal: Client, desk: Client
) -> None:
    with agency_context(agency):
        for number in range(14):
            idea = Idea.objects.create(
                programme=programme, commune=commune, topic_id="energy", title=f"Idee {number}", text="Text",
                status="released", released_at=timezone.now(), author="X", shows_author=True,
            )  # fmt: skip
    with at_most(3):
        client.get(reverse("projects:ideas"))
    with at_most(8):
        portal.get(reverse("projects:my_ideas"))
    with at_most(12):
        desk.get(reverse("admin:projects_idea_changelist"))
    with at_most(12):
        desk.get(reverse("admin:projects_idea_change", args=[idea.pk]))
    with agency_context(agency):
        assert len(similar_to("Idee")) == 5
