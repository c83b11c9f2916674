"""Trainings of the demo that were held, and one that is being held: attendance, certificates, feedback, a rule."""

from datetime import timedelta
from itertools import cycle, islice

from django.utils import timezone

from agencies.models import Agency, Programme, User
from deadlines import jobs
from deadlines.models import Job
from klikks.tenancy import agency_context
from patrons.models import Patron
from trainings.feedback.models import FeedbackAnswer, FeedbackComment, FeedbackSlip, Ratings
from trainings.models import (
    AttendanceEntry,
    Enrolment,
    FurtherDate,
    Qualification,
    QualificationPart,
    TrainingSeries,
    TrainingSession,
)
from website.demo.trainings import session

TRAINER = "Dr. Miriam Sander, Büro für Klimakommunikation"
GOOD = [
    "Die Beispiele aus anderen Orten.",
    "Endlich verstehe ich die Förderquoten.",
    "Viel Zeit für Fragen.",
    "Der Austausch in der Pause.",
]
BETTER = ["Die Folien vorher schicken.", "Bitte öfter abends."]


def make_training_days(agency: Agency, programme: Programme, helga: Patron, by: User) -> None:
    """Make two trainings that were held, one whose second date is on now, and what qualifies a patron."""
    rule = Qualification.objects.create(
        programme=programme, name="Qualifizierte Klimaschutzpat:in", name_en="Qualified climate patron"
    )
    QualificationPart.objects.create(qualification=rule, count=2, content=TrainingSeries.Content.BASIC)
    QualificationPart.objects.create(qualification=rule, count=1, content=TrainingSeries.Content.TOPIC)
    today = timezone.localdate()
    with agency_context(agency):
        basics = _series(agency, programme, "Grundlagen für neue Pat:innen", TrainingSeries.Content.BASIC)
        topic = _series(agency, programme, "Fördermittel für kleine Orte", TrainingSeries.Content.TOPIC)
        patrons = [helga, *Patron.objects.serving().filter(programme=programme).exclude(pk=helga.pk)[:11]]
        held = session(
            basics, today - timedelta(days=24), "Ankommen im Ehrenamt", hours=4, venue="Mainz", trainers=TRAINER
        )
        _attended(held, patrons[:9], absent=patrons[9:11])
        _feedback(held, 7)
        jobs.order(Job.Kind.TRAINING_CERTIFICATES, subject=held, by=by)
        recent = session(
            topic, today - timedelta(days=3), "Der erste Antrag", hours=3, venue="online", trainers=TRAINER
        )
        _attended(recent, patrons[2:8], absent=patrons[8:9])
        now = timezone.now().replace(minute=0, second=0, microsecond=0)
        week_ago = today - timedelta(days=7)
        running = session(basics, week_ago, "Menschen im Ort gewinnen", hours=3, venue="Bingen", trainers=TRAINER)
        FurtherDate.objects.create(session=running, starts_at=now, ends_at=now + timedelta(hours=4), what="Üben")
        for number, patron in enumerate(patrons):
            enrolment = Enrolment.objects.create(session=running, patron=patron)
            AttendanceEntry.objects.create(enrolment=enrolment, is_present=number != 4, noted_at=running.starts_at)


def _series(agency: Agency, programme: Programme, title: str, content: str) -> TrainingSeries:
    return TrainingSeries.objects.create(
        agency=agency,
        programme=programme,
        title=title,
        audience=TrainingSeries.Audience.PATRONS,
        content=content,
        goals="Fördermittel finden\nBürger:innen ansprechen\nDas erste Projekt planen",
    )


def _attended(held: TrainingSession, present: list[Patron], *, absent: list[Patron]) -> None:
    enrolments = Enrolment.objects.bulk_create(
        Enrolment(agency=held.agency, session=held, patron=patron, status=status)
        for people, status in [(present, Enrolment.Status.ATTENDED), (absent, Enrolment.Status.ABSENT)]
        for patron in people
    )
    AttendanceEntry.objects.bulk_create(
        AttendanceEntry(agency=held.agency, enrolment=one, is_present=True, noted_at=held.starts_at)
        for one in enrolments[: len(present)]
    )


def _feedback(held: TrainingSession, count: int) -> None:
    """Let so many have answered: five are published, the others wait in the closed box."""
    marks = cycle([5, 4, 5, 5, 3, 4, 5, 2])
    ratings = [dict(zip(Ratings.QUESTIONS, islice(marks, len(Ratings.QUESTIONS)), strict=True)) for _ in range(count)]
    FeedbackAnswer.objects.bulk_create(FeedbackAnswer(agency=held.agency, session=held, **one) for one in ratings[:5])
    FeedbackSlip.objects.bulk_create(FeedbackSlip(agency=held.agency, session=held, **one) for one in ratings[5:])
    FeedbackComment.objects.bulk_create(
        FeedbackComment(agency=held.agency, session=held, about=about, text=text)
        for about, texts in [("good", GOOD), ("better", BETTER)]
        for text in texts
    )
