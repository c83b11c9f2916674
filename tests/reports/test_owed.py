"""Reports that an agency owes its funder: they appear by themselves, each with its deadline."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Programme, User
from deadlines import services
from deadlines.models import Deadline
from reports.models import OwedReport
from reports.tasks import keep_owed_reports
from tests.queries import at_most

pytestmark = pytest.mark.django_db


def test_an_owed_report_appears_with_its_deadline_and_both_are_moved_and_closed_together(
    inside: Agency, programme: Programme, manager: User, desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = date(2027, 2, 1)
    monkeypatch.setattr(timezone, "localdate", lambda value=None, zone=None: day)
    Programme.objects.update(funder="Bund", starts_on=date(2025, 3, 1), ends_on=date(2027, 6, 30))
    keep_owed_reports()
    keep_owed_reports()
    interim, final = OwedReport.objects.all()
    assert (interim.kind, interim.starts_on, interim.due_on) == ("interim", date(2026, 1, 1), date(2027, 4, 30))
    assert (final.kind, final.starts_on, final.due_on) == ("final", date(2025, 3, 1), date(2027, 12, 30))
    due = Deadline.objects.get(kind=Deadline.Kind.REPORT, subject_id=interim.pk)
    assert (due.title, due.due_on, due.owner) == ("Zwischennachweis 2026: KlikKS", interim.due_on, None)

    page = reverse("admin:reports_owedreport_change", args=[interim.pk])
    typed = {
        "programme": programme.pk,
        "kind": "interim",
        "starts_on": "01.01.2026",
        "ends_on": "31.12.2026",
        "due_on": "15.05.2027",
        "owner": manager.membership.pk,
    }
    assert "liegt vor dem ersten" in desk.post(page, {**typed, "ends_on": "31.12.2025"}).content.decode()
    assert desk.post(page, typed).status_code == 302
    due.refresh_from_db()
    assert (due.due_on, due.owner) == (date(2027, 5, 15), manager)
    services.move(due, by=manager, due_on=date(2027, 5, 20))
    keep_owed_reports()
    interim.refresh_from_db()
    assert (interim.due_on, OwedReport.objects.count()) == (date(2027, 5, 20), 2)

    with at_most(12):
        assert "fällig in 108 Tagen" in desk.get(reverse("admin:reports_owedreport_changelist")).content.decode()
    hand_in = reverse("admin:reports_owedreport_hand_in", args=[interim.pk])
    assert "noch in der Zukunft" in desk.post(hand_in, {"on": str(day + timedelta(days=1))}).content.decode()
    assert desk.post(hand_in, {"on": "31.01.2027"}).status_code == 302
    assert "schon" in desk.post(hand_in, {"on": "30.01.2027"}).content.decode()
    services.finish(Deadline.objects.open().get(kind=Deadline.Kind.REPORT), by=manager)
    keep_owed_reports()
    assert not Deadline.objects.open().filter(kind=Deadline.Kind.REPORT).exists()
    assert list(OwedReport.objects.values_list("handed_in_on", flat=True)) == [date(2027, 1, 31), day]
