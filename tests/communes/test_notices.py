"""How a municipality is told what was decided: the mail is seen and can be changed before it leaves, or is a letter."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Membership, Programme, TextBlock, User
from communes import services
from communes.models import Registration
from deadlines import jobs
from deadlines.models import Job, OutboxMail
from klikks.tenancy import agency_context
from reports.models import Document
from tests import factories

pytestmark = pytest.mark.django_db

Status = Registration.Status


@pytest.fixture
def registration(agency: Agency, programme: Programme) -> Registration:
    """A registration by somebody who reads English."""
    return factories.registration(agency, programme, factories.commune(), language="en")


def page_of(registration: Registration, action: str) -> str:
    """Return the address of a decision."""
    return reverse(f"admin:communes_registration_{action}", args=[registration.pk])


def typed(page: object) -> dict[str, str]:
    """Return what the fields of a decision's mail hold."""
    return {name: str(page.context["notice"][name].value()) for name in ("subject_line", "text", "way")}


@pytest.mark.parametrize(
    ("action", "data", "status", "words"),
    [
        ("ask_back", {"question": "Is there a resolution?"}, Status.ASKED_BACK, "Is there a resolution?"),
        ("decline", {"reason": "Too large."}, Status.DECLINED, "Too large."),
        ("put_on_waiting_list", {"reason": "All taken."}, Status.WAITING_LIST, "All taken."),
        ("accept", {"note": "Welcome!"}, Status.ACCEPTED, "Welcome!"),
    ],
)
def test_each_decision_shows_its_mail_in_the_agencys_words_and_sends_what_staff_make_of_it(
    action: str,
    data: dict[str, str],
    status: str,
    words: str,
    desk: Client,
    agency: Agency,
    registration: Registration,
    membership: Membership,
) -> None:
    if action == "accept":
        day = timezone.localdate() + timedelta(days=40)
        data = {**data, "manager": str(membership.pk), "backing_by": day.isoformat()}
    key = {"ask_back": "question", "decline": "declined", "put_on_waiting_list": "waiting_list", "accept": "accepted"}
    with agency_context(agency):
        value = {"ask_back": "{question}", "accept": "{note} By {due_on}."}.get(action, "{reason}")
        text = f"Subject: News for {{commune}}\n\nDear {{name}},\n\n{value}\n\n{{agency_email}}"
        TextBlock.objects.create(key=f"mail/registration/{key[action]}", language="en", text=text)
    page = desk.post(page_of(registration, action), {**data, "step": "mail", "seen": "0"})
    mail = typed(page)
    assert mail["subject_line"] == "News for Bingen am Rhein"
    assert words in mail["text"]
    assert agency.email in mail["text"]
    if action == "accept":
        assert f"By {day.day} {day:%B} {day.year}." in mail["text"]
    changed = {**mail, "text": mail["text"] + "\n\nP.S. Only for you, <b>Petra</b>."}
    shown = desk.post(page_of(registration, action), {**data, **changed, "step": "preview", "seen": "0"})
    assert "P.S. Only for you, &lt;b&gt;Petra" in shown.context["preview"]
    with agency_context(agency):
        assert not OutboxMail.objects.exists()
    told = desk.post(page_of(registration, action), {**data, **changed, "step": "do", "seen": "0"}, follow=True)
    assert "Die Kommune bekommt eine E-Mail." in told.content.decode()
    with agency_context(agency):
        assert Registration.objects.get(pk=registration.pk).status == status
        sent = OutboxMail.objects.get()
    assert (sent.subject_line, sent.recipient) == ("News for Bingen am Rhein", registration.email)
    assert "P.S. Only for you, <b>Petra</b>." in sent.text


def test_a_letter_takes_the_place_of_the_mail_and_is_stored_as_pdf(
    desk: Client, agency: Agency, registration: Registration
) -> None:
    address, data = page_of(registration, "decline"), {"reason": "Too large."}
    mail = typed(desk.post(address, {**data, "step": "mail", "seen": "0"}))
    refused = desk.post(address, {**data, **mail, "text": "", "way": "letter", "step": "do", "seen": "0"})
    assert "Dieses Feld ist zwingend" in refused.content.decode()
    desk.post(address, {**data, **mail, "way": "letter", "step": "do", "seen": "0"})
    with agency_context(agency):
        job = Job.objects.get()
        jobs.run(job.pk)
        job.refresh_from_db()
        document = Document.objects.get()
        assert (job.status, document.kind, document.subject) == (Job.Status.DONE, Document.Kind.LETTER, registration)
        assert document.file.read().startswith(b"%PDF-")
        assert not OutboxMail.objects.exists()


def test_a_page_that_became_untrue_decides_nothing_and_keeps_what_was_typed(
    desk: Client, agency: Agency, registration: Registration, manager: User, membership: Membership
) -> None:
    address = page_of(registration, "decline")
    seen = re.search(r'name="seen" value="(\d+)"', desk.get(address).content.decode())
    with agency_context(agency):
        services.ask_back(registration, by=manager, question="Is there a resolution?")
    data = {"reason": "Much too large.", "step": "do", "seen": seen[1]}
    page = desk.post(address, data)
    assert f"{membership} hat" in page.context["first"]
    assert "heute um" in page.context["first"]
    assert "Much too large." in page.content.decode()
    with agency_context(agency):
        assert Registration.objects.get(pk=registration.pk).status == Status.ASKED_BACK
        assert OutboxMail.objects.count() == 1
    again = re.search(r'name="seen" value="(\d+)"', page.content.decode())
    assert desk.post(address, {**data, "seen": again[1]}).status_code == 302
