"""The patron's pages of funding: what fits a project, and its applications with their documents."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from agencies.permissions import permission_required, user_of
from klikks.uploads import download
from projects.funding import services as funding
from projects.funding import watching
from projects.funding.forms import ApplicantForm, FileForm, HandInForm, NewDocumentForm
from projects.funding.selectors import applications_led_by, funding_for, with_helpers
from projects.models import Applicant, ApplicationDocument, FundingApplication, FundingProgramme
from projects.selectors import projects_led_by

Status = FundingApplication.Status
TONES: dict[str, str] = {Status.DRAFTED: "info", Status.SUBMITTED: "warning", Status.GRANTED: "success"}


@permission_required("fundingprogramme", "find_own")
def find(request: HttpRequest, pk: int) -> HttpResponse:
    """Show which funding fits a project and what is missing elsewhere (`?applicant=`).

    Drafts an application, or lets its calls be watched with `watch`, or not any more with `unwatch`.
    """
    project: Any = get_object_or_404(with_helpers(projects_led_by(user_of(request))), pk=pk)
    if request.method == "POST":
        programme = get_object_or_404(FundingProgramme, pk=_number(request.POST.get("programme")))
        if told := change_watch(request, project, programme):
            messages.success(request, told)
            return redirect(request.get_full_path())
        try:
            application = funding.apply_for_funding(project, by=user_of(request), funding_programme=programme)
        except ValidationError as refused:
            messages.error(request, " ".join(refused.messages))
            return redirect("projects:funding", pk=project.pk)
        messages.success(request, _("The application is drafted. Below you see what is needed."))
        return redirect(application)
    applicant = request.GET.get("applicant", "")
    applicant = applicant if applicant in Applicant.values else ""
    context = {
        "project": project,
        "found": funding_for(project, applicant=applicant),
        "form": ApplicantForm(initial={"applicant": applicant}),
    }
    return render(request, "projects/funding/find.html", context)


@permission_required("fundingapplication", "view_own")
def application(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an application with its steps, its documents, and what the grant asks for."""
    shown = get_object_or_404(applications_led_by(user_of(request)), pk=pk)
    documents = list(shown.documents.all())
    context = {
        "application": shown,
        "project": shown.project,
        "tone": TONES.get(shown.status, ""),
        "steps": _steps(shown),
        "documents": documents,
        "ready": sum(document.done_at is not None for document in documents),
        "form": NewDocumentForm(),
        "days": [
            (_("Apply until"), shown.closes_on if shown.status == Status.DRAFTED else None),
            (_("Funding period begins on"), shown.begins_on),
            (_("Funding period ends on"), shown.ends_on),
            (_("Proof of use due on"), shown.proof_due_on),
        ],
        "amounts": [
            (_("Applied for"), shown.applied_for),
            (_("Granted"), shown.granted),
            (_("Paid out so far"), shown.disbursed),
        ],
    }
    return render(request, "projects/funding/application.html", context)


@permission_required("fundingapplication", "change_own")
def hand_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that an application was handed in."""
    shown = _application(request, pk)
    form = HandInForm(request.POST or None, initial={"applied_for": shown.applied_for})
    if request.method == "POST" and form.is_valid():
        try:
            funding.submit_application(shown, by=user_of(request), **form.cleaned_data)
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("Well done! Now the funder decides. Your agency notes what comes of it."))
            return redirect(shown)
    context = {"application": shown, "project": shown.project, "form": form}
    return render(request, "projects/funding/hand_in.html", context)


@permission_required("fundingapplication", "change_own")
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a draft away."""
    shown = _application(request, pk)
    try:
        funding.discard_draft(shown, by=user_of(request))
    except ValidationError as refused:
        messages.error(request, " ".join(refused.messages))
        return redirect(shown)
    messages.success(request, _("The draft is thrown away."))
    return redirect("projects:funding", pk=shown.project_id)


@permission_required("applicationdocument", "change_own")
@require_POST
def add_document(request: HttpRequest, pk: int) -> HttpResponse:
    """Put one more document on the list."""
    shown = _application(request, pk)
    form = NewDocumentForm(request.POST)
    if form.is_valid():
        funding.add_document(shown, by=user_of(request), what=form.cleaned_data["what"])
    else:
        messages.error(request, _("Please say which document is needed."))
    return redirect(f"{shown.get_absolute_url()}#documents")


@permission_required("applicationdocument", "change_own")
@require_POST
def tick(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that a document is ready, or with `undo` that it is not."""
    document = _document(request, pk)
    change = funding.untick_document if "undo" in request.POST else funding.tick_document
    change(document, by=user_of(request))
    return redirect(f"{document.application.get_absolute_url()}#documents")


@permission_required("applicationdocument", "change_own")
def attach(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the file of a document."""
    document = _document(request, pk)
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            funding.attach_file(document, by=user_of(request), file=form.cleaned_data["file"])
        except ValidationError as refused:
            form.add_error(None, refused)
        else:
            messages.success(request, _("The file is kept."))
            return redirect(f"{document.application.get_absolute_url()}#documents")
    return render(request, "projects/funding/attach.html", {"document": document, "form": form})


@permission_required("applicationdocument", "view_own")
@require_safe
@never_cache
def own_document_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out the file of a document to the patrons who lead its project, never as a page of ours."""
    document = _document(request, pk)
    if not document.file:
        raise Http404
    return download(str(document.file))


@permission_required("applicationdocument", "view")
@require_safe
@never_cache
def document_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out the file of a document to its own agency, never as a page of ours."""
    return download(str(get_object_or_404(ApplicationDocument.objects.exclude(file=""), pk=pk).file))


def change_watch(request: HttpRequest, project: Any, programme: FundingProgramme) -> str:
    """Let a programme's calls be watched, or not any more, if that was asked for; return what to tell then."""
    if "watch" in request.POST:
        watching.watch(project, by=user_of(request), funding_programme=programme)
        return _("We remind you before a call of “%(name)s” closes.") % {"name": programme.name}
    if "unwatch" in request.POST:
        watching.unwatch(project, by=user_of(request), funding_programme=programme)
        return _("We do not remind you of “%(name)s” any more.") % {"name": programme.name}
    return ""


def _application(request: HttpRequest, pk: int) -> Any:
    return get_object_or_404(applications_led_by(user_of(request)), pk=pk)


def _document(request: HttpRequest, pk: int) -> ApplicationDocument:
    documents = ApplicationDocument.objects.filter(application__project__leads__patron__user=user_of(request))
    return get_object_or_404(documents.select_related("application__project", "application__funding_programme"), pk=pk)


def _number(text: str | None) -> int:
    """Return a primary key from a form; one that no row has if it is none."""
    return int(text) if text and text.isdecimal() and len(text) < 18 else 0


def _steps(application: FundingApplication) -> list[dict[str, str]]:
    """Return the way of an application as steps, each with its day; the first that is not done is the present one."""
    refused = application.status == Status.REJECTED
    way = [
        (_("drafted"), None, True),
        (_("handed in"), application.submitted_on, application.status != Status.DRAFTED),
        (
            _("refused") if refused else _("granted"),
            application.decided_on,
            application.status in {Status.GRANTED, Status.REJECTED},
        ),
    ]
    if not refused:
        way.append((_("use proven"), application.proof_handed_in_on, application.proof_handed_in_on is not None))
    present = next((place for place, step in enumerate(way) if not step[2]), len(way))
    return [
        {
            "label": label,
            "state": "done" if done else "current" if place == present else "",
            "note": date_format(day) if day else "",
        }
        for place, (label, day, done) in enumerate(way)
    ]
