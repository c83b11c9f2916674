"""What looks odd about a measure's figure: counted twice, or unusually much. The portal asks, staff answer.

Nothing is taken away by itself: an open question stands on the desk until somebody has said that the figure is right,
or that the measure is the same as another one. Then it counts there and only there.
"""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Aggregate, Count, FloatField, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.permissions import CHANGE, require
from projects.measures.calculation import number_shown
from projects.models import Measure, MeasureReview, Saving

Reason = MeasureReview.Reason
Answer = MeasureReview.Answer
# A measure that saves more than this for each inhabitant, in kg a year, would make up a fifth of all that people in
# Germany emit (about ten tonnes a head and year): possible, and worth a second look.
KG_A_HEAD = 2_000
TIMES_USUAL = 10
ENOUGH_OTHERS = 8


class _Middle(Aggregate):
    """The median."""

    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


class NotTheSame(ValidationError):
    """Two measures cannot be one: one of them already counts in the other, or they are of two kinds."""


def look_at(measure: Measure) -> None:
    """Ask what is odd about a measure, and settle what is odd no more. Called whenever its figure has changed."""
    found = {Reason.TWICE: _twice(measure), Reason.UNUSUAL: _unusual(measure)}
    known = list(measure.reviews.exclude(answer=Answer.SETTLED))
    for reason, oddity in found.items():
        asked = [review for review in known if review.reason == reason]
        if oddity is None:
            for review in asked:
                _close(review, Answer.SETTLED)
        elif not any(review.answer == Answer.OPEN or review.found == oddity["found"] for review in asked):
            MeasureReview.objects.create(measure=measure, reason=reason, **oddity)


@transaction.atomic
def answer(review: MeasureReview, *, by: User, answer: str, note: str = "") -> MeasureReview:
    """Say what a question came to: the figure is right, or the measure counts in the other one. Raises NotAllowed.

    Raises NotTheSame where the other measure counts somewhere else itself.
    """
    require(by, "measurereview", CHANGE, review)
    review = MeasureReview.objects.select_for_update().get(pk=review.pk)
    if answer == Answer.SAME:
        count_in(review.measure, review.other, by=by)
    review.note = note
    _close(review, answer, by)
    return review


def count_in(measure: Measure, other: Measure | None, *, by: User) -> None:
    """Let a measure count in another one only, or (None) by itself again. Raises NotAllowed or NotTheSame."""
    require(by, "measure", CHANGE, measure)
    measure = Measure.objects.select_for_update().get(pk=measure.pk)
    if other is not None and (other.pk == measure.pk or other.kind != measure.kind or other.counted_in_id):
        raise NotTheSame(_("These two cannot be counted as one: look which of them counts already."))
    if other is not None and measure.counts_for.exists():
        raise NotTheSame(_("Other measures count in this one. Let them count in the other one first."))
    measure.counted_in = other
    measure.save(update_fields=["counted_in"])


def open_questions() -> QuerySet[MeasureReview]:
    """Return the questions nobody has answered yet."""
    return MeasureReview.objects.filter(answer=Answer.OPEN)


def in_words(review: MeasureReview) -> str:
    """Say what looks odd, for the staff."""
    found = review.found
    if review.reason == Reason.TWICE:
        return _("The same kind with the same numbers stands in the project “%(project)s” as well.") % {
            "project": review.other.project if review.other else ""
        }
    kg = number_shown(Decimal(found["kg"]).quantize(Decimal(1)))
    if "population" in found:
        return _("%(kg)s kg a year in a place of %(population)s people.") % {
            "kg": kg,
            "population": number_shown(Decimal(found["population"])),
        }
    return _("%(kg)s kg a year; the middle of %(others)s others of this kind is %(usual)s kg.") % {
        "kg": kg,
        "others": found["others"],
        "usual": number_shown(Decimal(found["usual"])),
    }


def _close(review: MeasureReview, answer: str, by: User | None = None) -> None:
    review.answer, review.answered_at, review.answered_by = answer, timezone.now(), by
    review.save()


def _twice(measure: Measure) -> dict[str, Any] | None:
    """Return another measure of the same kind with the same numbers in the same municipality."""
    if not measure.inputs or measure.counted_in_id or measure.status == Measure.Status.DROPPED:
        return None
    project = measure.project
    places = [project.commune_id, *project.partners.values_list("commune_id", flat=True)]
    other = (
        Measure.objects.filter(
            Q(project__commune__in=places) | Q(project__partners__commune__in=places),
            kind=measure.kind,
            inputs=measure.inputs,
            counted_in__isnull=True,
        )
        .exclude(status=Measure.Status.DROPPED)
        .exclude(pk=measure.pk)
        .order_by("pk")
        .first()
    )
    return None if other is None else {"other": other, "found": {"other": other.pk}}


def _unusual(measure: Measure) -> dict[str, Any] | None:
    """Return how far a saving lies above others of its kind, or above what a place of this size emits."""
    saving = measure.savings.filter(replaced_at__isnull=True).first()
    if saving is None or measure.status == Measure.Status.DROPPED:
        return None
    kg, population = saving.kg_per_year, measure.project.commune.population
    if population and kg > KG_A_HEAD * population:
        return {"found": {"kg": str(kg), "population": population}}
    others = Saving.objects.filter(kind=saving.kind, replaced_at__isnull=True).exclude(measure=measure)
    usual = others.aggregate(number=Count("pk"), middle=_Middle("kg_per_year"))
    if usual["number"] >= ENOUGH_OTHERS and kg > TIMES_USUAL * Decimal(usual["middle"]):
        return {"found": {"kg": str(kg), "usual": str(round(usual["middle"])), "others": usual["number"]}}
    return None
