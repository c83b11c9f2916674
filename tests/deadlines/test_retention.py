"""What is deleted by itself after its time, and what stays."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from agencies.models import Agency, Programme, SheetImport, SheetRow
from agencies.tasks import clear_sessions, forget_sheets
from communes import services as communes
from communes.tasks import forget_unconfirmed
from deadlines.models import OutboxMail
from deadlines.tasks import empty_old_mails
from klikks import links
from klikks.celery import app
from klikks.tenancy import agency_context, current_agency_id
from patrons import services as patrons
from patrons.tasks import forget_unconfirmed as forget_volunteers
from tests import factories

pytestmark = pytest.mark.django_db


def mail(days: int, **fields: object) -> OutboxMail:
    """Make a sent mail of so many days ago."""
    at = timezone.now() - timedelta(days=days)
    values = {
        "template": "reminder",
        "recipient": f"vor-{days}@example.org",
        "language": "de",
        "subject_line": "Betreff",
        "text": "Vertraulich",
        "html": "<p>Vertraulich</p>",
        "message_id": f"<{days}-{fields.get('template')}@example.org>",
        "status": OutboxMail.Status.SENT,
        "created_at": at,
        "sent_at": at,
        **fields,
    }
    return OutboxMail.objects.create(**values)


def test_every_task_of_the_schedule_exists() -> None:
    app.loader.import_default_modules()
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)


def test_sessions_that_have_ended_are_deleted(desk: Client) -> None:
    Session.objects.create(session_key="ended", session_data="x", expire_date=timezone.now() - timedelta(days=1))
    clear_sessions()
    assert not Session.objects.filter(session_key="ended").exists()
    assert Session.objects.exists()


def test_file_and_faulty_rows_of_an_imported_sheet_go_after_a_month(
    desk: Client, agency: Agency, programme: Programme
) -> None:
    made = []
    with agency_context(agency):
        for days in (31, 29):
            sheet = SheetImport(kind="communes", programme=programme, file_name="x.csv", counts={"wrong": 1})
            sheet.status, sheet.confirmed_at = "confirmed", timezone.now() - timedelta(days=days)
            sheet.file.save("x.csv", ContentFile(b"Name\n"), save=False)
            sheet.save()
            SheetRow.objects.create(sheet=sheet, number=2, verdict=SheetRow.Verdict.WRONG)
            made.append(sheet)
        stored = made[0].file.name
        forget_sheets()
        assert list(SheetRow.objects.values_list("sheet", flat=True)) == [made[1].pk]
        old = SheetImport.objects.get(pk=made[0].pk)
    assert (old.file.name, old.status) == ("", "confirmed")
    assert default_storage.exists(stored)  # goes with the commit, which this test never makes
    page = desk.get(f"/admin/agencies/sheetimport/{old.pk}/change/").content.decode()
    assert f"/admin/agencies/sheetimport/{old.pk}/faulty/" not in page
    assert desk.get(f"/admin/agencies/sheetimport/{old.pk}/faulty/").status_code == 404
    assert desk.get(f"/admin/agencies/sheetimport/{made[1].pk}/faulty/").status_code == 200


def test_the_words_of_old_mails_are_deleted_and_what_was_sent_to_whom_stays(desk: Client, agency: Agency) -> None:
    days = settings.MAIL_TEXTS_KEPT_DAYS
    with agency_context(agency):
        old, new = mail(days + 1), mail(days - 1)
        waiting = mail(days + 2, status=OutboxMail.Status.WAITING, sent_at=None)
        empty_old_mails()
        for one in (old, new, waiting):
            one.refresh_from_db()
    assert (old.text, old.html, old.recipient, old.subject_line) == ("", "", f"vor-{days + 1}@example.org", "Betreff")
    assert new.text == waiting.text == "Vertraulich"
    assert "nach 180 Tagen gelöscht" in desk.get(f"/admin/deadlines/outboxmail/{old.pk}/change/").content.decode()


@pytest.mark.parametrize("template", ["registration/confirm", "patron/confirm", "invitation", "account/login_code"])
def test_staff_cannot_read_a_link_that_proves_whose_address_it_is(desk: Client, agency: Agency, template: str) -> None:
    with agency_context(agency):
        secret = mail(0, template=template, status=OutboxMail.Status.WAITING, sent_at=None)
    page = desk.get(f"/admin/deadlines/outboxmail/{secret.pk}/change/").content.decode()
    assert "Vertraulich" not in page
    assert "allein für ihre Empfänger:in bestimmt" in page


def test_a_link_to_a_case_opens_nothing_for_the_colleague_who_reads_the_mail(desk: Client, agency: Agency) -> None:
    token = links.sign("status", agency.pk, 7)
    words = f"Hier: https://portal.example/register/status/{token}/ – danke"
    with agency_context(agency):
        sent = mail(1, template="registration/question", text=words, html=f"<p>{words}</p>")
    page = desk.get(f"/admin/deadlines/outboxmail/{sent.pk}/change/").content.decode()
    assert token not in page
    assert "/register/status/…/ – danke" in page


def test_one_agencys_failure_keeps_no_other_agency_from_forgetting(
    agency: Agency, other_agency: Agency, programme: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = []

    def failing(real: Callable[[], int]) -> Callable[[], int]:
        def forget() -> int:
            if current_agency_id() == min(agency.pk, other_agency.pk):
                raise OSError
            done.append(real)
            return real()

        return forget

    monkeypatch.setattr(communes, "forget_unconfirmed", failing(communes.forget_unconfirmed))
    monkeypatch.setattr(patrons, "forget_unconfirmed", failing(patrons.forget_unconfirmed))
    last = max((agency, other_agency), key=lambda one: one.pk)
    old = timezone.now() - timedelta(days=40)
    values = {"status": "interested", "confirmed_at": None, "received_at": old}
    registration = factories.registration(last, programme, factories.commune(), **values)
    patron = factories.patron(last, programme, factories.commune("Kirn"), **values)
    forget_unconfirmed()
    forget_volunteers()
    assert len(done) == 2
    with agency_context(last):
        assert not type(registration).objects.exists()
        assert not type(patron).objects.exists()
