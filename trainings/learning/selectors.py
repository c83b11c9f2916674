"""What a patron has learned, and what is missing to a qualification. Nothing is stored: it follows from attendance."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import groupby

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from patrons.models import Patron
from trainings.attendance.presence import dates_at, hours_of, with_presence
from trainings.learning.models import Qualification, QualificationPart
from trainings.models import Enrolment


@dataclass(frozen=True)
class Learned:
    """A training that a patron has attended; `code` verifies the certificate, where there is one."""

    enrolment: Enrolment
    hours: Decimal
    code: str


@dataclass(frozen=True)
class PartDone:
    """How much of a part of a qualification is done."""

    part: QualificationPart
    done: int

    @property
    def words(self) -> str:
        """What the part asks for, in words."""
        what = self.part.get_content_display()
        return f"{what}: {self.part.topic}" if self.part.topic else what

    @property
    def missing(self) -> int:
        """How many trainings are still missing."""
        return max(self.part.count - self.done, 0)


@dataclass(frozen=True)
class Progress:
    """How far a patron is on the way to a qualification."""

    qualification: Qualification
    parts: list[PartDone]

    @property
    def is_reached(self) -> bool:
        """Whether the patron is qualified."""
        return not any(part.missing for part in self.parts)

    @property
    def missing(self) -> str:
        """What is still missing, in words; empty once the qualification is reached."""
        return ", ".join(f"{part.missing} × {part.words}" for part in self.parts if part.missing)


@dataclass(frozen=True)
class LearningRecord:
    """All that a patron has attended, the latest first, and the qualifications of the programme."""

    learned: list[Learned]
    progress: list[Progress]

    @cached_property
    def hours(self) -> str:
        """The hours of all trainings together, in words."""
        return number_format(sum((one.hours for one in self.learned), Decimal(0)).normalize())


def learning_record(patron: Patron) -> LearningRecord:
    """Return what a patron has learned; three queries."""
    attended = (
        with_presence(Enrolment.objects.filter(patron=patron, status=Enrolment.Status.ATTENDED))
        .select_related("session__series__topic", "certificate")
        .prefetch_related("session__further_dates")
        .order_by("-session__starts_at", "-pk")
    )
    learned = [Learned(one, hours_of(dates_at(one.session, one.present)), _code_of(one)) for one in attended]
    parts = QualificationPart.objects.filter(qualification__programme=patron.programme_id)
    parts = parts.select_related("qualification", "topic").order_by("qualification", "pk")
    by_qualification = groupby(parts, key=lambda part: part.qualification)
    return LearningRecord(learned, [_progress(which, list(asked), learned) for which, asked in by_qualification])


def as_fact(patron: Patron) -> SafeString:
    """Return the way from a patron's page on the desk to the learning record; see `settings.PATRON_FACTS`."""
    return format_html(
        '<a href="{}">{}</a>', reverse("trainings:record", args=[patron.pk]), _("Trainings and qualification")
    )


def _progress(qualification: Qualification, parts: list[QualificationPart], learned: Iterable[Learned]) -> Progress:
    """Count each training once: towards a part with its topic first, then towards one that takes any topic.

    Two sessions of a series with the same title are the same training on two dates.
    """
    trainings = {
        (session.series_id, session.title): session.series for session in (one.enrolment.session for one in learned)
    }
    left = Counter((series.content, series.topic_id) for series in trainings.values() if series.content)
    done: dict[int, int] = {}
    for part in sorted(parts, key=lambda part: part.topic_id is None):
        fitting = [key for key in left if key[0] == part.content and part.topic_id in {None, key[1]}]
        done[part.pk] = 0
        for key in fitting:
            taken = min(left[key], part.count - done[part.pk])
            left[key] -= taken
            done[part.pk] += taken
    return Progress(qualification, [PartDone(part, done[part.pk]) for part in parts])


def _code_of(enrolment: Enrolment) -> str:
    certificate = getattr(enrolment, "certificate", None)
    return certificate.code if certificate and certificate.revoked_at is None else ""
