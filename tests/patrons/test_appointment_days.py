"""Appointment days: many are appointed at once, each once, however often the job is killed and tried again."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Programme, User
from agencies.models.accounts import Role
from deadlines import jobs, outbox
from deadlines.models import Job, OutboxMail
from klikks.tenancy import agency_context
from patrons import services
from patrons.models import Appointment, AppointmentDay, DayPlace, Patron
from reports import jobs as report_jobs
from reports.models import Document
from tests import factories
from tests.queries import at_most
from tests.services import Mailbox

pytestmark = pytest.mark.django_db

DAY = timezone.localdate() + timedelta(days=7)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    """Keep files of a test in a folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def matched(agency: Agency, programme: Programme) -> list[Patron]:
    """Three people matched to three municipalities."""
    made = []
    for name in ["Albers", "Berg", "Conrad"]:
        place = factories.commune(f"{name}hausen")
        made.append(factories.patron(agency, programme, place, last_name=name, status="matched", matched_commune=place))
    return made


@pytest.fixture
def day(agency: Agency, programme: Programme) -> AppointmentDay:
    """A day in a week."""
    with agency_context(agency):
        return AppointmentDay.objects.create(programme=programme, on=DAY, place="Mainz", signed_by="Eva Beispiel")


def act(desk: Client, name: str, day: AppointmentDay, **typed: object) -> str:
    """Send an action's form and return the page that follows."""
    address = reverse(f"admin:patrons_appointmentday_{name}", args=[day.pk])
    return desk.post(address, {**typed, "sent": "yes"}, follow=True).content.decode()


class Killed(BaseException):
    """Stands for a power cut."""


def test_staff_make_a_day_put_matched_patrons_on_it_appoint_them_with_one_click_and_mail_the_certificates(
    desk: Client, agency: Agency, programme: Programme, matched: list[Patron], mailbox: Mailbox
) -> None:
    typed = {"programme": programme.pk, "on": f"{DAY:%d.%m.%Y}", "place": "Mainz", "signed_by": "Eva Beispiel"}
    assert desk.post(reverse("admin:patrons_appointmentday_add"), typed).status_code == 302
    with agency_context(agency):
        day = AppointmentDay.objects.get()
    assert "Noch hat niemand" in act(desk, "hold", day)
    offered = desk.get(reverse("admin:patrons_appointmentday_add_people", args=[day.pk])).content.decode()
    assert "Albers, Erika – Albershausen" in offered
    assert "3 Personen sind neu" in act(desk, "add_people", day, patrons=[patron.pk for patron in matched])
    with agency_context(agency):
        services.withdraw(matched[1], by=User.objects.get(membership__role="regional_manager"))
    assert "Wir arbeiten" in (followed := act(desk, "hold", day)) or "beginnt gleich" in followed
    act(desk, "hold", day)
    with agency_context(agency):
        job = Job.objects.get(kind=Job.Kind.APPOINTMENT_DAY)
        jobs.run(job.pk)
        job.refresh_from_db()
        assert (job.status, job.error) == ("done", "")
        assert sorted(Appointment.objects.values_list("patron__last_name", flat=True)) == ["Albers", "Conrad"]
        assert Document.objects.filter(kind="appointment_certificate").count() == 2
        printed = Document.objects.get(kind="appointment_day")
        with pikepdf.open(printed.file.open()) as pdf:
            assert len(pdf.pages) == 2
    page = desk.get(reverse("deadlines:job", args=[job.key])).content.decode()
    assert reverse("reports:download", args=[printed.pk]) in page
    shown = desk.get(reverse("admin:patrons_appointmentday_change", args=[day.pk])).content.decode()
    assert "nicht ernannt" in shown
    assert "zurückgezogen" in shown
    assert "2 Urkunden gehen" in act(desk, "mail", day)
    assert "alle wurden schon" in act(desk, "mail", day)
    with agency_context(agency):
        outbox.drain(agency)
    [mail] = [mail for mail in mailbox.to(matched[0].email) if "Urkunde" in mail.subject]
    [attached] = mail.message.iter_attachments()
    assert attached.get_filename().endswith(".pdf")
    assert attached.get_content().startswith(b"%PDF-")
    for address in ("changelist", "change"):
        arguments = [day.pk] if address == "change" else []
        with at_most(12):
            assert desk.get(reverse(f"admin:patrons_appointmentday_{address}", args=arguments)).status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", ["before", "after"])
def test_a_job_that_is_killed_half_way_goes_on_and_appoints_and_mails_nobody_twice(
    agency: Agency,
    matched: list[Patron],
    day: AppointmentDay,
    manager: User,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    with agency_context(agency):
        for patron in matched:
            DayPlace.objects.create(day=day, patron=patron, commune=patron.matched_commune)
        job = jobs.order(Job.Kind.APPOINTMENT_DAY, subject=day, by=manager)
        cut_off(monkeypatch, step)
        with pytest.raises(Killed):
            jobs.run(job.pk)
        monkeypatch.undo()
        assert Appointment.objects.count() == (1 if step == "before" else 3)
        # Nobody hears of the worker any more, so that the sweep hands the job out again.
        Job.objects.update(beat_at=timezone.now() - timedelta(minutes=6))
        Job.objects.filter(status="queued").update(ordered_at=timezone.now() - timedelta(minutes=2))
        assert jobs.sweep() >= 1
        for _attempt in range(2):
            jobs.run(job.pk)
        job.refresh_from_db()
        assert (job.status, job.attempts) == ("done", 2)
        assert Appointment.objects.count() == 3
        assert OutboxMail.objects.filter(template="patron/appointed").count() == 3
        certificates = Document.objects.filter(kind="appointment_certificate")
        for unfinished in Job.objects.unfinished():
            jobs.run(unfinished.pk)
        assert certificates.values("subject_id").distinct().count() == certificates.count() == 3
        assert Document.objects.filter(kind="appointment_day").count() == 1


def cut_off(monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    """Let the power fail: before the second appointment, or after all of them amid the certificates."""
    if step == "before":
        appoint, calls = report_jobs.appoint_at, iter([False, True])

        def appoint_at(place_id: int, *, by: User) -> Any:
            if next(calls):
                raise Killed
            return appoint(place_id, by=by)

        monkeypatch.setattr(report_jobs, "appoint_at", appoint_at)
    else:
        made = report_jobs.appointment_certificate
        left = iter([False, True])

        def certificate(*arguments: Any, **options: Any) -> bytes:
            if next(left):
                raise Killed
            return made(*arguments, **options)

        monkeypatch.setattr(report_jobs, "appointment_certificate", certificate)


def test_a_day_is_appointed_by_staff_only_and_only_the_unmailed_certificates_leave(
    agency: Agency, matched: list[Patron], day: AppointmentDay, as_role: Callable[..., Client], manager: User
) -> None:
    hold = reverse("admin:patrons_appointmentday_hold", args=[day.pk])
    assert as_role(Role.COORDINATOR).post(hold).status_code == 403
    with agency_context(agency):
        first = services.appoint(
            matched[0], matched[0].home, by=manager, on=DAY, place="Mainz", signed_by="Eva Beispiel"
        )
        stored = default_storage.save("documents/a.pdf", ContentFile(b"%PDF-1.4"))
        file = {first.pk: outbox.Attachment(stored, "urkunde.pdf")}
        assert [services.mail_certificates([first], file, by=manager) for _time in range(2)] == [1, 0]
        assert OutboxMail.objects.filter(template="patron/certificate").count() == 1
