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
from projects.measures.calculation import Number, Result, calculate
from projects.measures.kinds import KINDS, MeasureKind
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
    """Add a measure to a project and freeze its saving, calculated with today's emission factor.

    `inputs` are the numbers as typed or as Decimal. Raises NotAllowed, InputsWrong or NoFactor.
    """
    project = locked(project, by, ADD, "measure")
    result = _result(kind, inputs)
    measure = Measure.objects.create(
        project=project, kind=kind, title=title, inputs=result.stored_inputs() if result else {}
    )
    if result:
        _freeze(measure, result, by, quality)
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

    Raises NotAllowed, InputsWrong or NoFactor.
    """
    measure = _locked_measure(measure, by, CHANGE)
    result = _result(kind, inputs)
    measure.kind, measure.title = kind, title
    measure.inputs = result.stored_inputs() if result else {}
    measure.save()
    current = measure.savings.filter(replaced_at__isnull=True).first()
    if current is not None and not (result and _same(current, result, quality)):
        current.replaced_at = timezone.now()
        current.save(update_fields=["replaced_at"])
        current = None
    if result and current is None:
        _freeze(measure, result, by, quality)
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


def _locked_measure(measure: Measure, by: User, action: str) -> Measure:
    locked(measure.project, by, action, "measure")
    return Measure.objects.select_for_update().get(pk=measure.pk)


def _result(kind: str, inputs: Mapping[str, Number]) -> Result | None:
    """Return the calculated saving; None for a kind that claims none. Raises ValidationError for an unknown kind."""
    if kind not in MeasureKind.values:
        raise ValidationError({"kind": _("Please choose what you do.")})
    return calculate(kind, inputs) if kind in KINDS else None


def _freeze(measure: Measure, result: Result, by: User, quality: str) -> Saving:
    return Saving.objects.create(
        measure=measure,
        kg_per_year=result.kg_per_year,
        quality=quality,
        factor=result.factor,
        factor_value=result.factor.value,
        formula=result.formula,
        inputs=result.stored_inputs(),
        calculated_by=by,
    )


def _same(saving: Saving, result: Result, quality: str) -> bool:
    """Whether a calculation says nothing new."""
    return (saving.kg_per_year, saving.factor_id, saving.formula, saving.inputs, saving.quality) == (
        result.kg_per_year,
        result.factor.pk,
        result.formula,
        result.stored_inputs(),
        quality,
    )
