"""People without an account and municipalities: registering, confirming, choosing, materials, and being forgotten."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Phase, Programme, User
from agencies.models.accounts import Role
from deadlines.models import Deadline, OutboxMail, PlannedTask, Task
from klikks.tenancy import agency_context
from tests import factories
from tests.humans import solved
from tests.queries import at_most
from tests.trainings.test_enrolment import make_session
from trainings import guests, tasks
from trainings.attendance.presence import hours_of
from trainings.models import (
    CoachingResult,
    Enrolment,
    Exercise,
    Guest,
    Slot,
    SlotChoice,
    TrainingMaterial,
    TrainingSession,
)

pytestmark = pytest.mark.django_db

TYPED = {"name": "Rui Santos", "email": "rui@example.org", "country": "PT", "consent": "on"}
LINK = re.compile(r"http://[^/\s]+(/trainings/place/\S+)")


def register(client: Client, session: TrainingSession, **typed: Any) -> Any:
    return client.post(session.get_absolute_url(), {**TYPED, "proof": solved(), **typed}, follow=True)


def links_of(agency: Agency, template: str) -> list[str]:
    with agency_context(agency):
        texts = OutboxMail.objects.filter(template=f"training/{template}").order_by("pk").values_list("text", flat=True)
        return [match[1] for text in texts if (match := LINK.search(text))]


def row(link: str) -> str:
    """Return the part of a link that says whose place it is; the rest says when it was mailed."""
    return link.split("/")[3].partition(":")[0]


def told_of_slots(agency: Agency, template: str) -> list[str]:
    return [row(link) for link in links_of(agency, template)]


@pytest.fixture
def conference(agency: Agency, programme: Programme) -> TrainingSession:
    """A conference in English with two parallel slots and an excursion for one person."""
    notes = {"access_note": "Stufenlos", "access_note_en": "Step-free", "travel_note": "Nur auf Deutsch"}
    session = make_session(agency, programme, audience="conference", title="Konferenz", title_en="Conference", **notes)
    hour = timedelta(hours=1)
    with agency_context(agency):
        for title, begins, places in [("Halle", 0, None), ("Werkstatt", 0, 5), ("Deponie", 1, 1)]:
            Slot.objects.create(
                session=session,
                title=title,
                title_en=f"{title} (EN)",
                room="Eingang",
                room_en="Entrance",
                kind="excursion" if places == 1 else "workshop",
                starts_at=session.starts_at + begins * hour,
                ends_at=session.starts_at + (begins + 1) * hour,
                is_chosen=True,
                places=places,
            )
    return session


def test_a_guest_from_abroad_registers_confirms_chooses_reads_gives_back_and_is_forgotten(
    client: Client, agency: Agency, conference: TrainingSession
) -> None:
    client.cookies["django_language"] = "en"
    assert "Without your consent we may not keep" in register(client, conference, consent="").content.decode()
    assert "open the link in the mail" in register(client, conference).content.decode()
    register(client, conference)  # a second time: the same link, no second place
    link, again = links_of(agency, "confirm")
    with agency_context(agency):
        enrolment = Enrolment.objects.get()
        guest = Guest.objects.get()
        assert (enrolment.status, guest.country, guest.language) == ("unconfirmed", "PT", "en")
        TrainingMaterial.objects.create(session=conference, title="Plan", file=ContentFile(b"%PDF-1.4", "plan.pdf"))
        TrainingMaterial.objects.create(session=conference, title="Photos", link="https://example.org", when="after")
    assert "Confirm my registration" in client.get(link).content.decode()
    page = client.post(link, {"confirm": "1"}, follow=True).content.decode()
    assert "You take part" in page
    for words in ("Step-free", "Entrance", "Nur auf Deutsch"):
        assert words in page
    assert "Stufenlos" not in page
    assert "Plan" in page
    assert "Photos" not in page  # only afterwards
    slots = {slot.title: slot.pk for slot in Slot.objects.all()}
    told = client.post(link, {"choose": "1", "slots": [slots["Halle"], slots["Werkstatt"]]}, follow=True)
    assert "at the same time" in told.content.decode()
    told = client.post(link, {"choose": "1", "slots": [slots["Werkstatt"], slots["Deponie"]]}, follow=True)
    assert "Your choice is saved" in told.content.decode()
    material = TrainingMaterial.objects.get(title="Plan")
    file = client.get(reverse("trainings:material", args=[link.split("/")[3], material.pk]))
    assert b"".join(file.streaming_content).startswith(b"%PDF")  # type: ignore[attr-defined]
    register(client, conference, email="ana@example.org", name="Ana Costa")
    other = links_of(agency, "confirm")[-1]
    client.post(other, {"confirm": "1"})
    # The excursion is full: whoever comes later waits, moves up when a place becomes free, and must answer in time.
    told = client.post(other, {"choose": "1", "slots": [slots["Deponie"]]}, follow=True)
    assert "On the waiting list: Deponie (EN)" in told.content.decode()
    with agency_context(agency):
        eva = Guest.objects.create(name="Eva Silva", email="eva@example.org", language="en")
        third = Enrolment.objects.create(session=conference, guest=eva).get_absolute_url()
    client.post(third, {"choose": "1", "slots": [slots["Halle"], slots["Deponie"]]})
    with at_most(9):
        client.get(link)
    client.post(again, {"choose": "1", "slots": [slots["Werkstatt"]]})
    assert told_of_slots(agency, "slot_offered") == [row(other)]
    with agency_context(agency):
        SlotChoice.objects.filter(status="offered").update(answer_by=timezone.now() - timedelta(minutes=1))
        offered = SlotChoice.objects.get(status="offered")
    assert "time to answer is over" in client.post(other, {"accept_slot": offered.pk}, follow=True).content.decode()
    for _twice in range(2):
        tasks.keep_waiting_lists()
    assert told_of_slots(agency, "slot_lapsed") == [row(other)]
    assert told_of_slots(agency, "slot_offered") == [row(other), row(third)]
    page = client.get(third)
    assert "A place is free for you: Deponie (EN)" in page.content.decode()
    [offer] = page.context["choices"].offers
    told = client.post(again, {"choose": "1", "slots": [slots["Werkstatt"], slots["Deponie"]]}, follow=True)
    assert "On the waiting list" in told.content.decode()
    assert "time to answer is over" in client.post(other, {"accept_slot": offer.pk}, follow=True).content.decode()
    client.post(third, {"decline_slot": offer.pk})
    with agency_context(agency):
        [waited] = SlotChoice.objects.filter(slot=slots["Deponie"]).values_list("enrolment__guest__name", "status")
        assert waited == ("Rui Santos", "offered")
        # Taking the place gives back what is at the same time.
        Slot.objects.filter(title="Werkstatt").update(ends_at=conference.starts_at + timedelta(hours=2))
    [offer] = client.get(again).context["choices"].offers
    client.post(again, {"accept_slot": offer.pk})
    with agency_context(agency):
        taken = SlotChoice.objects.filter(enrolment__guest__name="Rui Santos").values_list("slot__title", "status")
        assert list(taken) == [("Deponie", "chosen")]
    client.post(third, {"choose": "1", "slots": [slots["Deponie"]]})
    client.post(again, {"cancel": "1"})
    assert told_of_slots(agency, "slot_offered")[-1] == row(third)
    with agency_context(agency):
        assert "Rui Santos" in OutboxMail.objects.get(template="training/given_back").text
    with agency_context(agency):
        TrainingSession.objects.update(
            starts_at=timezone.now() - guests.DETAILS_KEPT * 2, ends_at=timezone.now() - guests.DETAILS_KEPT * 1.5
        )
    tasks.forget_guests()
    with agency_context(agency):
        assert set(Guest.objects.values_list("name", "email")) == {("", "")}
        assert not Guest.objects.first().history.exclude(name="").exists()  # type: ignore[union-attr]
        assert not OutboxMail.objects.filter(recipient=TYPED["email"]).exists()


def test_a_registration_nobody_confirms_takes_no_place_and_is_forgotten_after_a_week(
    client: Client, agency: Agency, conference: TrainingSession
) -> None:
    register(client, conference)
    register(client, conference, email="ana@example.org", website="spam")  # a robot
    [link] = links_of(agency, "confirm")
    with agency_context(agency):
        Enrolment.objects.update(created_at=timezone.now() - timedelta(days=8))
    assert client.post(link, {"confirm": "1"}).status_code == 410
    tasks.forget_guests()
    with agency_context(agency):
        assert not Enrolment.objects.exists()
        assert not Guest.objects.exists()


@pytest.mark.parametrize("count", [1, 15])
def test_public_pages_list_what_is_open_and_say_who_may_come(
    client: Client, agency: Agency, programme: Programme, count: int
) -> None:
    today = timezone.localdate()
    sessions = [make_session(agency, programme, audience="open") for _ in range(count)]
    make_session(agency, programme, audience="regional_managers")
    for_patrons = make_session(agency, programme, title="Nur für Pat:innen")
    full = make_session(agency, programme, audience="communes", register_from=today + timedelta(days=1))
    with at_most(5):
        page = client.get(reverse("trainings:list"), {"audience": "open"})
    assert page.context["page"].paginator.count == count
    with at_most(5):
        assert 'name="email"' in client.get(sessions[0].get_absolute_url()).content.decode()
    assert "Bitte melden Sie sich an" in client.get(for_patrons.get_absolute_url()).content.decode()
    assert "Die Anmeldung beginnt am" in client.get(full.get_absolute_url()).content.decode()


def test_a_municipality_enrols_a_colleague_and_gives_the_place_back_and_nobody_elses(
    agency: Agency, programme: Programme
) -> None:
    commune = factories.commune()
    account = factories.account(Role.MUNICIPALITY, agency)
    access = factories.access(agency, commune, account)
    session = make_session(agency, programme, audience="communes")
    town_hall = factories.browser(account)
    url = reverse("municipality:trainings", args=[access.pk])
    typed = {"session": session.pk, "name": "Mia Amt", "email": "amt@example.org"}
    assert "Mia Amt hat einen Platz" in town_hall.post(url, typed, follow=True).content.decode()
    assert "steht schon auf der Liste" in town_hall.post(url, typed).content.decode()
    with agency_context(agency):
        enrolment = Enrolment.objects.get()
        assert enrolment.guest.organisation == str(commune)  # type: ignore[union-attr]
        assert OutboxMail.objects.get(template="training/enrolled").recipient == "amt@example.org"
        stranger = factories.account(Role.MUNICIPALITY, agency)
        others = factories.access(agency, factories.commune("Nebenan"), stranger)
    cancel = reverse("municipality:cancel_training", args=[others.pk, enrolment.pk])
    assert factories.browser(stranger).post(cancel).status_code == 404
    with at_most(8):
        town_hall.get(url)
    town_hall.post(reverse("municipality:cancel_training", args=[access.pk, enrolment.pk]))
    with agency_context(agency):
        assert Enrolment.objects.get().status == "cancelled"


def test_a_coachings_exercises_are_noted_and_its_results_become_tasks_of_each_agency_once(
    agency: Agency, other_agency: Agency, programme: Programme
) -> None:
    coaching = make_session(agency, programme, audience="regional_managers", across_agencies=True)
    with agency_context(agency):
        exercise = Exercise.objects.create(
            session=coaching, title="Rollenspiel", roles="Bürgermeisterin: hat wenig Zeit\nRegionalmanager"
        )
        phase = Phase.objects.create(programme=programme, position=9, name="Gewinnen")
        result = CoachingResult.objects.create(session=coaching, title="Landkreise ansprechen", days=20, phase=phase)
    theirs = factories.account(Role.REGIONAL_MANAGER, other_agency)
    desk = factories.browser(theirs)
    url = reverse("admin:trainings_trainingsession_coaching", args=[coaching.pk])
    assert "hat wenig Zeit" in desk.get(url).content.decode()
    assert "zwingend" in desk.post(url, {"exercise": exercise.pk, "role": "x", "text": ""}).content.decode()
    note = {"exercise": exercise.pk, "role": "Bürgermeisterin", "text": "Kurz fassen."}
    assert "Kurz fassen." in desk.post(url, note, follow=True).content.decode()
    ours = factories.browser(factories.account(Role.REGIONAL_MANAGER, agency))
    assert "Kurz fassen." not in ours.get(url).content.decode()
    lead = factories.browser(factories.account(Role.COORDINATOR, agency))
    lead.post(url, {"result": result.pk, "plan": "1"})
    assert desk.post(url, {"result": result.pk, "plan": "1"}).status_code == 403
    assert PlannedTask.objects.get().phase == phase
    for _twice in range(2):
        assert "Zur Aufgabe" in desk.post(url, {"result": result.pk}, follow=True).content.decode()
    with agency_context(other_agency):
        task = Task.objects.get()
        expected = timezone.localdate(coaching.starts_at) + timedelta(days=20)
        assert (task.title, task.owner, task.due_on) == ("Landkreise ansprechen", theirs, expected)
        assert task.planned == PlannedTask.objects.get()


def test_staff_plan_a_session_with_materials_and_are_reminded_of_its_minimum(
    desk: Client, agency: Agency, programme: Programme, manager: User
) -> None:
    session = make_session(agency, programme)
    url = reverse("admin:trainings_trainingsession_change", args=[session.pk])

    def save(**typed: Any) -> Any:
        starts = timezone.localtime(session.starts_at)
        values = {
            "series": session.series_id,
            "title": "Grundlagen 1",
            "mode": "hybrid",
            "held_in": "de",
            "answer_hours": 48,
            "least_share": 50,
            "fee": "0",
            "places": 10,
            "minimum": 5,
            "further_dates-TOTAL_FORMS": 1,
            "further_dates-INITIAL_FORMS": 0,
            "materials-TOTAL_FORMS": 1,
            "materials-INITIAL_FORMS": 0,
            "enrolments-TOTAL_FORMS": 0,
            "enrolments-INITIAL_FORMS": 0,
        }
        for prefix, days, hours in [("", 0, 0), ("further_dates-0-", 7, 0)]:
            for name, more in [("starts_at", hours), ("ends_at", hours + 2)]:
                moment = starts + timedelta(days=days, hours=more)
                values |= {f"{prefix}{name}_0": f"{moment:%d.%m.%Y}", f"{prefix}{name}_1": f"{moment:%H:%M}"}
        return desk.post(url, {**values, **typed}, follow=True)

    file = SimpleUploadedFile("../Folien.exe", b"MZ")
    wrong = {"materials-0-when": "before", "materials-0-title": "Folien", "materials-0-file": file}
    assert "PDF, PNG oder JPEG" in save(**wrong).content.decode()
    right = {**wrong, "materials-0-file": SimpleUploadedFile("Folien.exe", b"%PDF-1.4")}
    save(**right)
    with agency_context(agency):
        session.refresh_from_db()
        assert session.title == "Grundlagen 1"
        assert len(session.dates) == 2
        assert hours_of(session.dates) == 4
        material = TrainingMaterial.objects.get()
        assert str(material.file).endswith(".pdf")
        deadline = Deadline.objects.get()
        assert deadline.due_on == timezone.localdate(session.starts_at) - timedelta(days=7)
        assert deadline.owner == manager
    assert desk.get(reverse("trainings:desk_material", args=[material.pk])).status_code == 200
    with at_most(12):
        desk.get(url)
    with agency_context(agency):
        held = session.further_dates.get()
        session.further_dates.update(starts_at=timezone.now() - timedelta(days=1))
    counted = {"further_dates-INITIAL_FORMS": 1, "further_dates-0-id": held.pk, "materials-TOTAL_FORMS": 0}
    page = save(**counted, **{"further_dates-0-DELETE": "on"}).content.decode()
    assert "kann nicht gestrichen werden" in page
