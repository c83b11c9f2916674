"""Whatever the desk has a page for can be followed up on a day, which comes up in the list and goes with one click."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Membership, Programme, User
from communes.models import Contact
from deadlines.models import Deadline
from klikks.tenancy import agency_context
from tests import factories
from trainings.models import TrainingSeries, TrainingSession

pytestmark = pytest.mark.django_db

FORM = "/admin/deadlines/deadline/follow-up/"


def subjects(agency: Agency, programme: Programme) -> list[object]:
    """Make one of everything that is followed up."""
    town = factories.commune()
    patron = factories.patron(agency, programme, town, status="active")
    now = timezone.now()
    with agency_context(agency):
        contact = Contact.objects.create(commune=town, name="Otto Beispiel")
        series = TrainingSeries.objects.create(agency=agency, programme=programme, title="Reihe", audience="patrons")
        session = TrainingSession.objects.create(
            agency=agency, series=series, starts_at=now, ends_at=now + timedelta(hours=2)
        )
    return [
        town,
        patron,
        contact,
        session,
        factories.registration(agency, programme, town),
        factories.partnership(agency, programme, town),
        factories.project(agency, programme, town),
        factories.appointment(agency, patron, town),
    ]


def test_everything_is_followed_up_from_its_page_and_done_with_one_click_on_the_opening_page(
    desk: Client, agency: Agency, programme: Programme, manager: User, membership: Membership
) -> None:
    day = timezone.localdate() + timedelta(days=3)
    for subject in subjects(agency, programme):
        page = reverse(f"admin:{subject._meta.app_label}_{subject._meta.model_name}_change", args=[subject.pk])
        form = f"{FORM}?next={quote(page, safe='')}"
        assert f'href="{form}"' in desk.get(page).content.decode(), page
        answer = desk.post(form, {"on": day.isoformat(), "because": "Rückruf versprochen", "owner": manager.pk})
        assert (answer.status_code, answer.headers.get("Location")) == (302, page)
        with agency_context(agency):
            deadline = Deadline.objects.get()
        assert deadline.title == f"Nachfassen: {subject}, Rückruf versprochen"
        assert (deadline.subject_id, deadline.due_on, deadline.owner_id) == (subject.pk, day, manager.pk)
        done = reverse("admin:deadlines_deadline_finish", args=[deadline.pk])
        start = desk.get("/admin/").content.decode()
        assert "Rückruf versprochen" in start
        assert f'action="{done}"' in start
        assert desk.post(done, {"next": "/admin/"}).headers["Location"] == "/admin/"
        with agency_context(agency):
            assert not Deadline.objects.open().exists()
            Deadline.objects.all().delete()


def test_a_day_that_has_passed_and_a_page_of_another_agency_are_refused(
    desk: Client, agency: Agency, other_agency: Agency, programme: Programme, manager: User
) -> None:
    mine = factories.project(agency, programme, factories.commune())
    form = f"{FORM}?next=/admin/projects/project/{mine.pk}/change/"
    typed = {"on": "2020-01-01", "because": "Rückruf", "owner": manager.pk}
    page = desk.post(form, typed).content.decode()
    assert "schon vorbei" in page
    assert "Rückruf" in page
    hidden = factories.project(other_agency, programme, factories.commune("Anderswo"), title="Geheim")
    answer = desk.post(f"{FORM}?next=/admin/projects/project/{hidden.pk}/change/", typed)
    assert answer.headers["Location"] == "/admin/deadlines/deadline/add/"
    with agency_context(agency):
        assert not Deadline.objects.exists()
