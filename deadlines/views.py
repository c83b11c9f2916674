"""Pages of this room outside of the staff desk: the progress of a job, and a patron's own deadlines."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import model_to_dict
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from agencies.desk import safe_next
from agencies.models import User
from agencies.models.accounts import STAFF_ROLES
from agencies.permissions import VIEW, allows, permission_required
from deadlines import jobs, services
from deadlines.calendar import month_of
from deadlines.forms import OwnRemindersForm, SnoozeForm
from deadlines.models import Deadline, Job, default_lead_days
from deadlines.selectors import desk_path, settings_of


@permission_required("job", "view_own")
@never_cache
def job(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show how far a job is, its result or why it failed; the page asks again by itself until the job has ended."""
    found = _visible_job(reader(request), key)
    context = {"job": found, "back": _back(found, reader(request)), "may_retry": _may_retry(found, reader(request))}
    template = "deadlines/_job.html" if request.htmx else "deadlines/job.html"  # type: ignore[attr-defined]
    return render(request, template, context)


@permission_required("job", "retry")
@require_POST
def retry_job(request: HttpRequest, key: UUID) -> HttpResponse:
    """Let a failed job start once more."""
    jobs.retry(_visible_job(reader(request), key), by=reader(request))
    return redirect("deadlines:job", key=key)


@permission_required("deadline", "finish_own")
@require_POST
def finish(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one of the reader's own deadlines as done and return to where the reader came from."""
    deadline = get_object_or_404(Deadline.objects.of(reader(request)), pk=pk)
    services.finish(deadline, by=reader(request))
    messages.success(request, _("Done: “%(title)s”. Thank you!") % {"title": deadline.title})
    return redirect(safe_next(request) or reverse("website:portal"))


@permission_required("deadline", "snooze_own")
def snooze(request: HttpRequest, pk: int) -> HttpResponse:
    """Be silent about one of the reader's own deadlines until a day, and return to where the reader came from."""
    deadline = get_object_or_404(Deadline.objects.open().of(reader(request)), pk=pk)
    back = safe_next(request) or reverse("deadlines:calendar")
    form = SnoozeForm(request.POST or None)
    if form.is_valid():
        try:
            services.snooze(deadline, by=reader(request), until=form.cleaned_data["until"])
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            day = date_format(form.cleaned_data["until"])
            messages.success(request, _("We remind you on %(day)s.") % {"day": day})
            return redirect(back)
    return render(request, "deadlines/snooze.html", {"deadline": deadline, "form": form, "back": back})


@permission_required("deadline", "view_own")
def calendar(request: HttpRequest) -> HttpResponse:
    """Show the reader's own dates of a month."""
    month = month_of(reader(request), request.GET.get("month", ""), whole_agency=False)
    has_dates = any(day.deadlines for day in month.own_days)
    return render(request, "deadlines/calendar.html", {"month": month, "has_dates": has_dates})


@permission_required("remindersettings", "change_own")
def reminders(request: HttpRequest) -> HttpResponse:
    """Say when one's own reminders come, and when one is away."""
    user = reader(request)
    mine, ours = settings_of(user), settings_of(None)
    form = OwnRemindersForm(request.POST or None, initial=model_to_dict(mine))
    back = reverse("website:start")
    if form.is_valid():
        services.change_settings(mine, by=user, **form.cleaned_data)
        messages.success(request, _("Saved. Reminders of open deadlines follow."))
        return redirect("deadlines:reminders")
    days = ", ".join(map(str, ours.lead_days or default_lead_days()))
    return render(request, "deadlines/reminders.html", {"form": form, "days": days, "back": back})


def reader(request: HttpRequest) -> User:
    """Return who is signed in; only behind `permission_required` or on the desk."""
    return cast(User, request.user)


def _visible_job(user: User, key: UUID) -> Job:
    """Return the job if the reader ordered it or may see all of the agency's; otherwise there is none (404)."""
    found = get_object_or_404(Job.objects.select_related("document"), key=key)
    if found.ordered_by_id != user.pk and not allows(user, "job", VIEW, found):
        raise Http404
    return found


def _may_retry(found: Job, user: User) -> bool:
    """Whether the reader may start the job once more."""
    return found.status == Job.Status.FAILED and allows(user, "job", "retry", found)


def _back(found: Job, user: User) -> str:
    """Return where the reader goes from here: to what the job is about, or to the portal's start page."""
    return desk_path(found, user.role) if user.role in STAFF_ROLES else reverse("website:start")
