"""The day of a training: who was there, certificates that can be checked, feedback without names, what is learned."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pdfua
import pypdfium2
import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.models import Agency, Membership, Programme, User
from agencies.models.accounts import Role
from deadlines import digests, jobs, outbox
from deadlines.models import Job, MailSettings, OutboxMail
from klikks.tenancy import agency_context
from patrons.models import Patron
from reports.attendance import certify
from reports.models import Document
from tests import factories
from tests.queries import at_most
from tests.services import Mailbox
from trainings.attendance.certificates import issue
from trainings.attendance.services import LATE
from trainings.attendance.views import CHECK_IN
from trainings.feedback.models import FeedbackAnswer, FeedbackComment, FeedbackRequest, FeedbackSlip, Ratings
from trainings.models import (
    AttendanceEntry,
    Enrolment,
    FurtherDate,
    Guest,
    Qualification,
    QualificationPart,
    TrainingCertificate,
    TrainingSeries,
    TrainingSession,
)
from trainings.tasks import ask_for_feedback

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Any) -> None:
    """Keep files of a test in a folder of its own."""
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def session(agency: Agency, programme: Programme) -> TrainingSession:
    """A training that has begun an hour ago, for people of all agencies."""
    with agency_context(agency):
        series = TrainingSeries.objects.create(
            agency=agency,
            programme=programme,
            title="Grundlagen",
            audience="network",
            across_agencies=True,
            content="basic",
            goals="Fördermittel finden\nBürger:innen gewinnen",
        )
        starts = timezone.now() - timedelta(hours=1)
        return TrainingSession.objects.create(
            agency=agency,
            series=series,
            starts_at=starts,
            ends_at=starts + timedelta(hours=3, minutes=30),
            trainers="Kim Beispiel",
            venue="Rathaus",
        )


def place(session: TrainingSession, person: Patron | Membership, **fields: Any) -> Enrolment:
    with agency_context(person.agency_id):
        who = {"patron": person} if isinstance(person, Patron) else {"member": person}
        return Enrolment.objects.create(session=session, **who, **fields)


def status_of(enrolment: Enrolment) -> str:
    with agency_context(enrolment.agency_id):
        return Enrolment.objects.get(pk=enrolment.pk).status


def sent_by_script(client: Client, url: str, **values: Any) -> Any:
    return client.post(url, {"key": str(uuid4()), **values}, headers={"Accept": "application/json"})


def transactions_of_slips(agency: Agency) -> set[str]:
    """Return by which transactions the slips in the box were written: one that notes a name leads to the person."""
    with agency_context(agency), connection.cursor() as cursor:
        cursor.execute("SELECT xmin::text FROM trainings_feedbackslip")
        return {number for (number,) in cursor.fetchall()}


def ended(session: TrainingSession, days: int = 0) -> None:
    """Let a training be over, since so many days."""
    with agency_context(session.agency_id):
        moment = timezone.now() - timedelta(days=days, minutes=1)
        TrainingSession.objects.filter(pk=session.pk).update(starts_at=moment - timedelta(hours=3), ends_at=moment)


def run_jobs(*agencies: Agency) -> None:
    """Do what a worker would do."""
    for one in agencies:
        with agency_context(one):
            for key in Job.objects.filter(status="queued").values_list("pk", flat=True):
                jobs.run(key)
            assert not Job.objects.filter(status="failed").exists(), Job.objects.get(status="failed").error


def test_staff_tick_a_list_late_and_twice_add_walk_ins_and_everybody_gets_a_certificate_that_can_be_checked(
    agency: Agency,
    other_agency: Agency,
    programme: Programme,
    desk: Client,
    as_role: Callable[..., Client],
    session: TrainingSession,
    mailbox: Mailbox,
) -> None:
    home = factories.commune()
    user = factories.account(Role.PATRON, agency)
    patron = factories.patron(agency, programme, home, status="active", user=user)
    theirs = factories.patron(other_agency, programme, home, status="active", last_name="Fremd")
    stays_away = factories.patron(agency, programme, home, status="active", last_name="Fern")
    mine, other, absent = (place(session, person) for person in (patron, theirs, stays_away))
    url = reverse("trainings:attendance", args=[session.pk])
    with at_most(12):
        page = desk.get(url).content.decode()
    assert "Erika Fremd" in page

    # The same note twice counts once; a note that was made earlier, but comes later, changes nothing.
    now = timezone.now()
    key = str(uuid4())
    for _ in range(2):
        answer = sent_by_script(desk, url, key=key, enrolment=mine.pk, present="1", noted_at=now.isoformat())
        assert answer.json() == {"text": "Gespeichert."}
    assert (
        sent_by_script(
            desk, url, enrolment=mine.pk, present="0", noted_at=(now - timedelta(minutes=5)).isoformat()
        ).status_code
        == 200
    )
    assert desk.post(url, {"enrolment": other.pk, "present": "1"}, follow=True).status_code == 200
    assert (status_of(mine), status_of(other), status_of(absent)) == ("attended", "attended", "enrolled")
    with agency_context(agency):
        assert AttendanceEntry.objects.count() == 2
    assert sent_by_script(desk, url, enrolment=999_999, present="1").status_code == 400
    foreign = factories.browser(factories.account(Role.REGIONAL_MANAGER, other_agency))
    assert sent_by_script(foreign, url, enrolment=mine.pk, present="0").status_code == 400

    key = str(uuid4())
    for _ in range(2):
        walked_in = sent_by_script(desk, url, key=key, name="Bo Spontan", email="bo@example.org")
        assert walked_in.json() == {"text": "Bo Spontan steht auf der Liste."}
    assert sent_by_script(desk, url, name="", email="x").status_code == 400
    with agency_context(agency):
        assert Guest.objects.count() == 1

    close = reverse("trainings:close_list", args=[session.pk])
    assert "sobald die Schulung zu Ende ist" in desk.post(close, follow=True).content.decode()
    ended(session)
    assert "3 Personen haben teilgenommen" in desk.post(close, follow=True).content.decode()
    assert status_of(absent) == "absent"
    run_jobs(agency, other_agency)
    with agency_context(agency):
        assert not TrainingCertificate.objects.filter(enrolment=absent).exists()
        assert certify(absent.pk) is None
        certificate = TrainingCertificate.objects.get(enrolment=mine)
        assert (certificate.name, certificate.training) == ("Erika Muster", "Grundlagen")
        document = Document.objects.get(
            subject_type=ContentType.objects.get_for_model(certificate), subject_id=certificate.pk
        )
        pdf = document.file.read()
        outbox.drain(agency)
    with agency_context(other_agency):
        assert TrainingCertificate.objects.get().name == "Erika Fremd"
    text = " ".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf))
    text = " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())
    for words in ("Teilnahmebescheinigung", "Erika Muster", "3 Stunden", "Fördermittel finden", "Kim Beispiel"):
        assert words in text
    assert len(pypdfium2.PdfDocument(pdf)) == 1
    path = document.file.path
    assert [it.rule_id for it in pdfua.validate(path).findings] == []
    attached = [part for part in mailbox.to(patron.email)[-1].message.walk() if part.get_filename()]
    assert [part.get_content_type() for part in attached] == ["application/pdf"]
    assert factories.browser(user).get(reverse("reports:download", args=[document.pk])).status_code == 200
    assert mailbox.to("bo@example.org")

    # Once more changes nothing; a mistake put right revokes the certificate.
    desk.post(close)
    run_jobs(agency, other_agency)
    outbox.drain(agency)
    assert len(mailbox.to(patron.email)) == 1
    check = reverse("trainings:verify", args=[certificate.code])
    with at_most(5):
        shown = Client().get(check).content.decode()
    for words in ("gültig", "Erika Muster", "Grundlagen"):
        assert words in shown
    for words in (patron.email, "Rathaus", "Kim Beispiel"):
        assert words not in shown
    assert Client().get(reverse("trainings:verify", args=["ABCDEFGHJKMN"])).status_code == 404
    sent_by_script(desk, url, enrolment=mine.pk, present="0")
    assert "widerrufen" in Client().get(check).content.decode()


def test_of_a_training_with_several_dates_it_is_known_at_which_somebody_was_and_how_many_are_enough(
    agency: Agency, other_agency: Agency, programme: Programme, desk: Client, session: TrainingSession
) -> None:
    home = factories.commune()
    user = factories.account(Role.PATRON, agency)
    patron = factories.patron(agency, programme, home, status="active", user=user)
    theirs = factories.patron(other_agency, programme, home, status="active", last_name="Fremd")
    mine, other = (place(session, person) for person in (patron, theirs))
    now, week = timezone.now(), timedelta(days=7)
    with agency_context(agency):
        TrainingSession.objects.update(starts_at=session.starts_at - week, ends_at=session.ends_at - week)
        begun = now - timedelta(hours=1)
        second, third = (
            FurtherDate.objects.create(session=session, starts_at=at, ends_at=at + timedelta(hours=2))
            for at in (begun, begun + week)
        )
    url = reverse("trainings:attendance", args=[session.pk])

    def note(date: int, enrolment: Enrolment, present: str = "1") -> int:
        values = {"enrolment": enrolment.pk, "present": present, "date": date}
        return int(sent_by_script(desk, url, **values, account=desk.session["_auth_user_id"]).status_code)

    def pressed(date: str = "") -> int:
        with at_most(12):
            return str(desk.get(url, {"date": date}).content.decode()).count('aria-pressed="true"')

    # Staff tick the first evening, own and others' people; the code in the room knows that it is the second one.
    stranger = {"enrolment": mine.pk, "present": "1", "date": 0, "account": "999999"}
    assert sent_by_script(desk, url, **stranger).status_code == 409
    assert [note(0, mine), note(0, other), note(999, mine), note(third.pk, mine)] == [200, 200, 400, 400]
    assert [pressed("0"), pressed(), pressed(str(third.pk))] == [2, 0, 0]
    assert desk.get(url, {"date": "999"}).status_code == 404
    code = desk.get(reverse("trainings:code", args=[session.pk])).context["path"]
    factories.browser(user).post(code)
    assert [pressed("0"), pressed(str(second.pk))] == [2, 1]
    assert "bei 2 von 3 Terminen da" in desk.get(url).content.decode()
    sent_by_script(desk, url, name="Bo Spontan", email="bo@example.org", date=second.pk)
    assert (status_of(mine), status_of(other)) == ("enrolled", "enrolled")
    close = reverse("trainings:close_list", args=[session.pk])
    assert "sobald die Schulung zu Ende ist" in desk.post(close, follow=True).content.decode()

    # The third evening is called off: two are left, and all of them are needed.
    with agency_context(agency):
        third.delete()
        FurtherDate.objects.update(ends_at=now - timedelta(minutes=1))
    note(0, mine, "0")
    assert (pressed("0"), status_of(mine)) == (1, "enrolled")
    note(0, mine)
    assert status_of(mine) == "attended"
    desk.post(close)
    assert (status_of(mine), status_of(other)) == ("attended", "absent")
    with agency_context(agency):
        [bo] = Enrolment.objects.exclude(guest=None)
        assert bo.status == "absent"
        # One of two is enough after all.
        TrainingSession.objects.update(least_share=50)
    desk.post(close)
    assert [status_of(one) for one in (mine, other, bo)] == ["attended"] * 3
    with agency_context(agency):
        issue(Enrolment.objects.with_people().get(pk=mine.pk))
        before = certify(bo.pk)
        by_person = {one.enrolment_id: one for one in TrainingCertificate.objects.all()}
        assert [str(by_person[one.pk].hours) for one in (mine, bo)] == ["4.5", "1.0"]
        assert by_person[bo.pk].held_on == timezone.localdate(second.starts_at)
    # Put right afterwards: the certificate says so, and its paper takes the place of the one before.
    note(0, bo)
    with agency_context(agency):
        certify(bo.pk)
        certificate = TrainingCertificate.objects.get(enrolment=bo)
        [paper] = Document.objects.filter(subject_id=certificate.pk)
    assert (str(certificate.hours), certificate.code) == ("4.5", by_person[bo.pk].code)
    assert before is not None
    assert paper.pk != before.pk


def test_participants_open_the_code_in_the_room_and_nobody_learns_who_is_on_the_list(
    agency: Agency, other_agency: Agency, programme: Programme, desk: Client, session: TrainingSession
) -> None:
    home = factories.commune()
    user = factories.account(Role.PATRON, agency)
    patron = factories.patron(agency, programme, home, status="active", user=user)
    theirs = factories.patron(other_agency, programme, home, status="active")
    waiting = place(session, patron, status="waiting")
    other = place(session, theirs)
    shown = desk.get(reverse("trainings:code", args=[session.pk]))
    path = shown.context["path"]
    assert "<svg" in shown.content.decode()

    # Somebody with an account needs one tap, whoever has waited has found a place.
    client = factories.browser(user)
    assert "Erika Muster" in client.get(path).content.decode()
    client.post(path)
    assert status_of(waiting) == "attended"

    # Others write name and address: found on the list of whichever agency, or added as guests; both read the same.
    answers = []
    for name, email in [("Erika Muster", theirs.email.upper()), ("Nele Neu", "nele@example.org")]:
        visitor = Client()
        with at_most(5):
            assert visitor.get(path).status_code == 200
        answers.append(sent_by_script(visitor, path, name=name, email=email).json())
    assert answers[0] == answers[1] == {"text": "Danke, Sie stehen auf der Liste."}
    assert status_of(other) == "attended"
    with agency_context(agency):
        guest = Guest.objects.get()
        assert (guest.name, guest.enrolments.get().status) == ("Nele Neu", "attended")
        assert guest.consented_at is not None
    assert "Bitte" in Client().post(path, {"name": "", "email": "kein"}).content.decode()

    # A training of another agency that invites only its own people lets no one else in, be the code before their eyes.
    stranger = factories.account(Role.PATRON, other_agency)
    factories.patron(other_agency, programme, home, status="active", user=stranger)
    with agency_context(agency):
        TrainingSeries.objects.update(across_agencies=False)
    refused = sent_by_script(factories.browser(stranger), path)
    assert (refused.status_code, "nur für Personen" in refused.json()["text"]) == (400, True)

    # Too late, and a device that says it was in time but tells us only a week later.
    for days in (2, 8):
        ended(session, days=days)
        noted_at = timezone.now() - timedelta(days=days if days > LATE.days else 0, hours=1)
        visitor = {"name": "Zu Spät", "email": "spaet@example.org", "noted_at": noted_at.isoformat()}
        refused = sent_by_script(Client(), path, **visitor)
        assert (refused.status_code, "nur am Tag der Schulung" in refused.json()["text"]) == (400, True)
    assert Client().get(path.replace(path[6:12], "gefälscht")).status_code == 404
    assert CHECK_IN != "training-place"


def test_the_list_to_sign_is_made_as_a_job_and_names_those_who_are_expected(
    agency: Agency, programme: Programme, desk: Client, manager: User, session: TrainingSession
) -> None:
    patron = factories.patron(agency, programme, factories.commune(), status="active", last_name="Unterschrift")
    place(session, patron)
    answer = desk.post(reverse("trainings:order_list", args=[session.pk]), follow=True)
    assert answer.status_code == 200
    run_jobs(agency)
    with agency_context(agency):
        document = Document.objects.get(kind=Document.Kind.ATTENDANCE_LIST)
        pdf = document.file.read()
        findings = pdfua.validate(document.file.path).findings
    assert [it.rule_id for it in findings if it.rule_id != "UA-15-003"] == []
    text = pypdfium2.PdfDocument(io.BytesIO(pdf))[0].get_textpage().get_text_bounded()
    assert "Erika Unterschrift" in text
    assert "Kim Beispiel" in text


def test_feedback_is_asked_two_days_later_and_shown_in_groups_of_five_that_lead_back_to_nobody(
    agency: Agency,
    other_agency: Agency,
    programme: Programme,
    desk: Client,
    as_role: Callable[..., Client],
    session: TrainingSession,
    mailbox: Mailbox,
) -> None:
    home = factories.commune()
    # One of them gets mails together, once a day.
    user = factories.account(Role.PATRON, agency)
    with agency_context(agency):
        MailSettings.objects.update_or_create(user=user, defaults={"agency": agency, "trainings": "daily"})
    people = [factories.patron(agency, programme, home, status="active", user=user, email=user.email)]
    people += [factories.patron(agency, programme, home, status="active") for _ in range(5)]
    people.append(factories.patron(other_agency, programme, home, status="active"))
    for person in people:
        place(session, person, status="attended")
    ended(session, days=1)
    ask_for_feedback()
    with agency_context(agency):
        assert not FeedbackRequest.objects.exists()
    ended(session, days=2)
    ask_for_feedback()
    ask_for_feedback()
    with agency_context(agency):
        OutboxMail.objects.filter(status="held").update(not_before=timezone.now())
        digests.write_due()
        digest = OutboxMail.objects.get(template="digest")
        kept = reverse("admin:deadlines_outboxmail_change", args=[digest.pk])
    for one in (agency, other_agency):
        outbox.drain(one)
    links = [
        next(word for word in mailbox.to(person.email)[-1].text.split() if "/feedback/" in word) for person in people
    ]
    assert all(len(mailbox.to(person.email)) == 1 for person in people)
    paths = [link.partition("8000")[2] for link in links]
    results = reverse("reports:feedback", args=[session.pk])
    assert Client().post(paths[0], {"useful": "5"}).status_code == 200  # the rest is missing: nothing is kept
    for number, path in enumerate(paths, 1):
        values = {**dict.fromkeys(Ratings.QUESTIONS, "5" if number < 6 else "1"), "good": f"Satz {number}"}
        assert "liegt im Kasten" in Client().post(path, values).content.decode()
        assert "schon geantwortet" in Client().post(path, values).content.decode()
        assert len(transactions_of_slips(agency)) <= 1
        shown = desk.get(results).content.decode()
        if number < 5:
            assert "Satz" not in shown
            assert "Noch nicht genug Antworten" in shown
        else:  # the sixth and the seventh, both bad, move nothing
            assert "Im Durchschnitt 5,0 von 5" in shown
            assert "Im Durchschnitt 1" not in shown
            assert "Satz 6" not in shown
            assert "<svg" in shown
    with at_most(8):
        desk.get(results)
    # The digest reads like the mail it stands for; staff who look at it find no link with which to answer.
    token = paths[0].split("/")[3]
    assert "Ihre Antwort ist anonym" in digest.text
    assert token in digest.text
    shown = as_role(Role.AGENCY_ADMIN).get(kept).content.decode()
    assert "Ihre Antwort ist anonym" in shown
    assert token not in shown
    with agency_context(agency):
        assert (FeedbackAnswer.objects.count(), FeedbackSlip.objects.count()) == (5, 2)
        assert FeedbackComment.objects.count() == 5
        assert FeedbackRequest.objects.filter(has_answered=True).count() == 6
    for model in (FeedbackSlip, FeedbackAnswer, FeedbackComment):
        fields = {field.name for field in model._meta.concrete_fields}
        allowed = {"id", "agency", "session", *Ratings.QUESTIONS, "good", "better", "about", "text"}
        assert fields <= allowed
        assert not hasattr(model, "history")
    foreign = factories.browser(factories.account(Role.REGIONAL_MANAGER, other_agency))
    assert foreign.get(results).status_code == 404
    ended(session, days=61)
    ask_for_feedback()
    with agency_context(agency):
        assert (FeedbackAnswer.objects.count(), FeedbackSlip.objects.count()) == (5, 0)
    assert Client().get(paths[0]).status_code == 200


def test_a_patron_and_staff_see_what_was_learned_and_what_is_missing_to_the_qualification(
    agency: Agency, programme: Programme, desk: Client, session: TrainingSession, as_role: Callable[..., Client]
) -> None:
    user = factories.account(Role.PATRON, agency)
    patron = factories.patron(agency, programme, factories.commune(), status="active", user=user)
    factories.appointment(agency, patron, patron.home)
    rule = Qualification.objects.create(programme=programme, name="Qualifiziert")
    QualificationPart.objects.create(qualification=rule, count=2, content="basic")
    QualificationPart.objects.create(qualification=rule, count=1, content="topic", topic_id="energy")
    ended(session, days=5)
    with agency_context(agency):
        # Another date of the same training counts no second time.
        again = TrainingSession.objects.create(
            agency=agency, series=session.series, starts_at=session.starts_at, ends_at=session.ends_at
        )
        series = [
            TrainingSeries.objects.create(agency=agency, programme=programme, title=title, audience="patrons", **more)
            for title, more in [
                ("Aufbau", {"content": "basic"}),
                ("Heizen", {"content": "topic", "topic_id": "energy"}),
            ]
        ]
        more = [
            TrainingSession.objects.create(
                agency=agency, series=one, starts_at=session.starts_at, ends_at=session.starts_at + timedelta(hours=2)
            )
            for one in series
        ]
    for one in (session, again):
        place(one, patron, status="attended")
    client = factories.browser(user)
    mine, for_staff = reverse("trainings:mine"), reverse("trainings:record", args=[patron.pk])
    assert for_staff in desk.get(reverse("admin:patrons_patron_change", args=[patron.pk])).content.decode()
    with at_most(8):
        page = client.get(mine).content.decode()
    assert "Noch nötig: 1 × Grundschulung, 1 × Schulung zu einem Thema: Energie" in page
    assert "Noch nötig: 1 × Grundschulung" in desk.get(for_staff).content.decode()
    for one in more:
        place(one, patron, status="attended")
    page = client.get(mine).content.decode()
    assert "Noch nötig" not in page
    assert "erreicht" in page
    assert "4 Schulungen" in page
    with at_most(12):
        assert "erreicht" in desk.get(for_staff).content.decode()
    change = reverse("admin:trainings_qualification_change", args=[rule.pk])
    assert as_role(Role.COORDINATOR).get(change).status_code == 200
    assert desk.post(change, {"name": "Leichter"}).status_code == 403
