"""The patron's pages of measures and of how their savings were calculated."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from agencies.permissions import permission_required, user_of
from projects.forms import DropForm
from projects.measures import services as measures
from projects.measures.explanation import explain
from projects.measures.forms import MeasureForm
from projects.measures.kinds import Input, MeasureKind
from projects.measures.library import FIELDS, KINDS, NOT_COUNTED
from projects.models import Measure, Saving
from projects.rights import led_project


@permission_required("measure", "add_own")
def add_measure(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a measure: first its kind is chosen (`?kind=`), then the numbers of this kind are asked for."""
    project = led_project(request, pk)
    kind = request.GET.get("kind", "")
    if kind not in MeasureKind.values:
        return render(request, "projects/measure_kinds.html", {"project": project, "fields": _fields()})
    form = MeasureForm(request.POST or None, kind=kind)
    if request.method == "POST" and form.is_valid():
        measure = measures.add_measure(project, by=user_of(request), kind=kind, inputs=form.inputs, **_other(form))
        return _to_result(request, measure)
    context = {"project": project, "form": form, "kind": MeasureKind(kind).label, **_about(kind)}
    return render(request, "projects/measure_form.html", context)


@permission_required("measure", "change_own")
def change_measure(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a measure's numbers; the saving calculated before stays readable."""
    measure = _measure(request, pk)
    form = MeasureForm(request.POST or None, kind=measure.kind, initial=MeasureForm.initial_of(measure))
    if request.method == "POST" and form.is_valid():
        measures.change_measure(measure, by=user_of(request), kind=measure.kind, inputs=form.inputs, **_other(form))
        return _to_result(request, measure)
    context = {
        "project": measure.project,
        "measure": measure,
        "form": form,
        "kind": measure.get_kind_display(),
        **_about(measure.kind),
    }
    return render(request, "projects/measure_form.html", context)


@permission_required("measure", "change_own")
@require_POST
def finish_measure(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that a measure is done today."""
    measure = _measure(request, pk)
    try:
        measures.finish_measure(measure, by=user_of(request))
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
    else:
        messages.success(request, _("Well done! “%s” now counts in the figures.") % measure)
    return redirect(measure.project)


@permission_required("measure", "change_own")
def drop_measure(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a measure up, with the reason."""
    measure = _measure(request, pk)
    form = DropForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            measures.drop_measure(measure, by=user_of(request), reason=form.cleaned_data["reason"])
        except ValidationError as refused:
            messages.error(request, " ".join(refused.messages))
        else:
            messages.success(request, _("The measure is given up. It stays readable and does not count."))
        return redirect(measure.project)
    return render(request, "projects/drop_measure.html", {"form": form, "measure": measure, "project": measure.project})


@permission_required("saving", "view_own")
def saving(request: HttpRequest, pk: int) -> HttpResponse:
    """Say in plain words how a saving was calculated, and where its factor comes from."""
    own = Saving.objects.filter(measure__project__leads__patron__user=user_of(request))
    found = get_object_or_404(own.select_related("measure__project__commune"), pk=pk)
    current = None
    if found.replaced_at:
        current = Saving.objects.filter(measure_id=found.measure_id, replaced_at__isnull=True).first()
    context = {
        "saving": found,
        "measure": found.measure,
        "project": found.measure.project,
        "explanation": explain(found),
        "current": current,
    }
    return render(request, "projects/saving.html", context)


def _measure(request: HttpRequest, pk: int) -> Measure:
    """Return a measure of a project the patron leads, or answer "404 not found"."""
    own = Measure.objects.filter(project__leads__patron__user=user_of(request))
    return get_object_or_404(own.select_related("project__commune"), pk=pk)


def _other(form: MeasureForm) -> dict[str, str]:
    """Return what the form says besides numbers."""
    return {name: form.cleaned_data[name] for name in ("title", "quality") if name in form.cleaned_data}


def _to_result(request: HttpRequest, measure: Measure) -> HttpResponse:
    """Show the calculated saving at once; a measure without one leads back to its project."""
    messages.success(request, _("“%s” is saved.") % measure)
    current = measure.savings.filter(replaced_at__isnull=True).first()
    return redirect(current or measure.project)


def _fields() -> list[tuple[str, list[tuple[str, str, tuple[Input, ...]]]]]:
    """Return the kinds of measures by field of action: value, label, and the numbers each needs."""
    return [
        (str(field.label), [(name, str(MeasureKind(name).label), _needs(name)) for name in field.kinds])
        for field in FIELDS
    ]


def _needs(kind: str) -> tuple[Input, ...]:
    return KINDS[kind].inputs if kind in KINDS else ()


def _about(kind: str) -> dict[str, Any]:
    """Return what a form says about its kind: what the figure leaves open, or why there is none."""
    if kind in KINDS:
        return {"counted": True, "uncertainty": KINDS[kind].uncertainty, "lifetime": KINDS[kind].lifetime}
    return {"counted": False, "why": NOT_COUNTED[kind].why}
