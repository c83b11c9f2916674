"""What happens to measures, and how their savings are frozen; one function a verb."""

from collections.abc import Mapping
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.permissions import ADD, CHANGE
from projects.exceptions import ReasonMissing
from projects.measures.calculation import Number, Result, best_quality, calculate
from projects.measures.kinds import MeasureKind
from projects.measures.library import KINDS
from projects.measures.plausibility import look_at
from projects.models import Measure, Project, Saving
from projects.rights import locked, past


@transaction.atomic
def add_measure(
    project: Project,
    *,
    by: User,
    kind: str,
    inputs: Mapping[str, Number],
    title: str = "",
    quality: str = Saving.Quality.CALCULATED,
) -> Measure:
    """Add a measure to a project and freeze its saving, calculated with today's emission factors.

    `inputs` are the numbers as typed or as Decimal. Raises NotAllowed, InputsWrong or NoFactor.
    """
    project = locked(project, by, ADD, "measure")
    result = _result(kind, inputs)
    measure = Measure.objects.create(
        project=project, kind=kind, title=title, inputs=result.stored_inputs() if result else {}
    )
    if result:
        freeze(measure, result, quality, by)
        look_at(measure)
    return measure


@transaction.atomic
def change_measure(
    measure: Measure,
    *,
    by: User,
    kind: str,
    inputs: Mapping[str, Number],
    title: str = "",
    quality: str = Saving.Quality.CALCULATED,
) -> Measure:
    """Change a measure. Where that gives another saving, a new one is frozen and the old one stays readable.

    As long as the numbers stay, so do the emission factors: a newer edition is taken over deliberately, see
    `projects.measures.editions`. Raises NotAllowed, InputsWrong or NoFactor.
    """
    measure = _locked_measure(measure, by, CHANGE)
    result = _result(kind, inputs)
    current = measure.savings.filter(replaced_at__isnull=True).first()
    is_new = result is not None and not (current and _says_the_same(current, result, quality))
    measure.kind, measure.title = kind, title
    measure.inputs = result.stored_inputs() if result else {}
    measure.save()
    if current is not None and (is_new or result is None):
        replace(current)
    if result is not None and is_new:
        freeze(measure, result, quality, by)
    look_at(measure)
    return measure


@transaction.atomic
def finish_measure(measure: Measure, *, by: User, on: date | None = None) -> Measure:
    """Note that a measure is done, on a day (today if None). Raises NotAllowed, NotYetDone, IllegalTransition."""
    measure = _locked_measure(measure, by, "move")
    measure.move_to(Measure.Status.DONE, by=by, done_on=past(on))
    return measure


@transaction.atomic
def drop_measure(measure: Measure, *, by: User, reason: str) -> Measure:
    """Give a planned measure up. Raises NotAllowed, IllegalTransition or ReasonMissing."""
    measure = _locked_measure(measure, by, "move")
    if not reason.strip():
        raise ReasonMissing(_("Please say why the measure is dropped; others learn from it."))
    measure.move_to(Measure.Status.DROPPED, by=by, reason=reason)
    return measure


def freeze(measure: Measure, result: Result, quality: str, by: User | None) -> Saving:
    """Store what was calculated as the measure's saving; no function but this one makes savings."""
    saving = frozen(measure, result, quality, by)
    saving.save()
    return saving


def frozen(measure: Measure, result: Result, quality: str, by: User | None) -> Saving:
    """Return what was calculated as a saving of the measure, not yet stored."""
    sure = best_quality(result.kind, quality)
    unconfirmed = any(not factor.is_confirmed for factor in result.factors.values())
    return Saving(
        measure=measure,
        kg_per_year=result.kg_per_year,
        quality=sure,
        is_estimate=sure == Saving.Quality.ESTIMATED or unconfirmed,
        kind=result.kind,
        formula=result.way.formula,
        formula_version=result.way.version,
        inputs=result.frozen_inputs(),
        factors=result.frozen_factors(),
        calculated_for=result.on,
        calculated_by=by,
    )


def replace(saving: Saving) -> None:
    """Note that a saving counts no more; it stays readable."""
    saving.replaced_at = timezone.now()
    saving.save(update_fields=["replaced_at"])


def _locked_measure(measure: Measure, by: User, action: str) -> Measure:
    locked(measure.project, by, action, "measure")
    return Measure.objects.select_for_update().get(pk=measure.pk)


def _result(kind: str, inputs: Mapping[str, Number]) -> Result | None:
    """Return the calculated saving; None for a kind that claims none. Raises ValidationError for an unknown kind."""
    if kind not in MeasureKind.values:
        raise ValidationError({"kind": _("Please choose what you do.")})
    return calculate(kind, inputs) if kind in KINDS else None


def _says_the_same(saving: Saving, result: Result, quality: str) -> bool:
    """Whether numbers, formula and quality are as they were, whatever factors are published now."""
    return (saving.kind, saving.formula, saving.inputs, saving.quality) == (
        result.kind,
        result.way.formula,
        result.frozen_inputs(),
        best_quality(result.kind, quality),
    )
