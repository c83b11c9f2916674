"""Running plans on the staff desk: how far they are, their timeline, what their template offers, and the PDF."""

from typing import Any, ClassVar, cast

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter, RelatedDropdownFilter
from unfold.decorators import action

from agencies.desk import DeskAdmin, NothingForm, action_page, chip, dressed, object_url
from agencies.models import Agency
from deadlines.admin.base import AboutMixin
from deadlines.models import PhasePlan, RunningPlan
from deadlines.plans import services as plans
from deadlines.plans.differences import differences_of, leave, take_over
from deadlines.plans.forms import ApplyForm, EndForm, MilestoneDayForm
from deadlines.plans.gantt import gantt
from deadlines.plans.selectors import timeline_of, with_progress
from deadlines.views import reader


class RunningFilter(DropdownFilter):
    """Shows plans that run unless something else is asked for."""

    title = _("status")
    parameter_name = "state"
    all_option: ClassVar = ["", _("running")]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the other choices."""
        return [("all", _("all"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Narrow the list to plans that run."""
        return queryset if self.value() == "all" else queryset.running()


@admin.register(RunningPlan)
class RunningPlanAdmin(AboutMixin, DeskAdmin):
    """Phase plans that are carried out by the agency or by one of its municipalities."""

    list_display = ("title", "progress", "late", "next_day", "about")
    list_filter: ClassVar = [RunningFilter, ("plan", RelatedDropdownFilter)]
    search_fields = ("title",)
    actions = None
    actions_list = ("apply_here",)
    actions_detail = ("move", "differences", "pdf", "end")
    export_columns = ("title", "plan", "started_at", "ended_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Plans are applied by the actions."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Plans end, they are not deleted."""
        return False

    def has_apply_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Whether the role may apply plans."""
        return self._allows(request, "apply")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Add to each plan how far it is."""
        return with_progress(super().get_queryset(request))  # type: ignore[arg-type]

    @admin.display(description=_("tasks closed"))
    def progress(self, running: Any) -> SafeString:
        """Show how many of the tasks are closed."""
        bar = '<progress class="desk-bar" value="{0}" max="{1}" aria-label="{2}"></progress>{0}/{1}'
        label = _t("tasks closed")
        return format_html(
            f'<span class="desk-progress">{bar}</span>', running.closed_count, running.task_count or 1, label
        )

    @admin.display(description=_("overdue"), ordering="overdue_count")
    def late(self, running: Any) -> SafeString | str:
        """Show how many tasks are overdue."""
        return chip("overdue", str(running.overdue_count)) if running.overdue_count else "–"

    @admin.display(description=_("next day"), ordering="next_on")
    def next_day(self, running: Any) -> str:
        """Show when the next task is due."""
        return date_format(running.next_on, "SHORT_DATE_FORMAT") if running.next_on else "–"

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the plan in time: the drawing, the table beside it, and what can be done."""
        if not self.has_view_or_change_permission(request):
            return cast(HttpResponse, super().change_view(request, object_id, *args, **kwargs))
        running = self._running(request, object_id)
        timeline = timeline_of(running)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": running,
            "title": str(running),
            "running": running,
            "timeline": timeline,
            "drawing": gantt(timeline),
            "offered": len(differences_of(running)) if running.ended_at is None else 0,
            "may_change": self.has_change_permission(request, running) and running.ended_at is None,
        }
        return render(request, "admin/deadlines/plan.html", context)

    @action(description=_("Apply to our agency"), url_path="apply", permissions=["apply"], icon="playlist_add")
    def apply_here(self, request: HttpRequest) -> HttpResponse:
        """Let the agency itself carry out a plan of one of its programmes."""
        by = reader(request)
        ours = PhasePlan.objects.filter(
            audience=PhasePlan.Audience.AGENCY, programme__participations__agency_id=by.agency_id
        )
        found = list(ours.select_related("programme"))
        back = reverse("admin:deadlines_runningplan_changelist")
        if not found:
            messages.info(request, _t("No programme of your agency has a plan for agencies yet."))
            return redirect(back)
        form = ApplyForm(request.POST or None, plans=found)
        if form.is_valid():
            plan, days = form.chosen()
            place = plans.Place(
                str(Agency.objects.get(pk=by.agency_id).short_name), dict.fromkeys(plans.STAFF_DOERS, by)
            )
            try:
                running = plans.apply(plan, place, by=by, days=days)
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                messages.success(request, _t("The plan runs. Its tasks have their days."))
                return redirect(object_url(running))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _t("Apply to our agency"),
            "form": dressed(form),
            "back": back,
            "submit": _t("Apply"),
            "intro": str(found[0]) if len(found) == 1 else "",
        }
        return render(request, "admin/action.html", context)

    @action(description=_("Move a milestone"), url_path="move", permissions=["change"], icon="event_repeat")
    def move(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Move one milestone (`?milestone=<pk>`, the start without) and all open tasks that are counted from it."""
        running = self._running(request, object_id)
        asked = request.GET.get("milestone", "")
        milestones = running.milestones.select_related("planned")
        milestone = get_object_or_404(milestones, **({"pk": asked} if asked.isdecimal() else {"planned": None}))

        def do(typed: dict[str, Any]) -> str:
            plans.move_milestone(milestone, by=reader(request), **typed)
            words = _t("“%(milestone)s” is on %(day)s now, and all open tasks counted from it moved with it.")
            return words % {"milestone": milestone, "day": date_format(typed["on"])}

        return action_page(
            request,
            title=_t("Move “%(milestone)s”") % {"milestone": milestone},
            form=MilestoneDayForm,
            do=do,
            back=object_url(running),
            initial={"on": milestone.on, "seen": milestone.on},
            intro=_t("All open tasks counted from this day move with it; what is done or skipped stays."),
            submit=_t("Move"),
        )

    @action(
        description=_("What the template offers"), url_path="differences", permissions=["change"], icon="difference"
    )
    def differences(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show what the template says otherwise by now; take it over or leave it, task by task."""
        running = self._running(request, object_id)
        if request.method == "POST":
            _decide(request, running)
            return redirect(request.path)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": running,
            "title": _t("What the template offers"),
            "running": running,
            "differences": differences_of(running),
        }
        return render(request, "admin/deadlines/differences.html", context)

    @action(description=_("As a PDF (A3)"), url_path="pdf", permissions=["view"], icon="picture_as_pdf")
    def pdf(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Order the timeline as a PDF, and go to the page that shows how far it is."""
        running = self._running(request, object_id)
        ordered = []

        def do(_typed: dict[str, Any]) -> str:
            ordered.append(plans.order_pdf(running, by=reader(request)))
            return _t("The timeline is being made. You can go on working meanwhile.")

        page = action_page(
            request,
            title=_t("As a PDF (A3)"),
            form=NothingForm,
            do=do,
            back=object_url(running),
            intro=_t("The timeline with all tasks, on A3 paper."),
            submit=_t("Make the PDF"),
        )
        return redirect("deadlines:job", key=ordered[0].key) if ordered else page

    @action(description=_("End the plan"), url_path="end", permissions=["change"], icon="stop_circle")
    def end(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """End the plan: open tasks are skipped with the reason."""
        running = self._running(request, object_id)

        def do(typed: dict[str, Any]) -> str:
            plans.end(running, by=reader(request), **typed)
            return _t("The plan has ended. It stays readable.")

        return action_page(request, title=_t("End the plan"), form=EndForm, do=do, back=object_url(running))

    def _running(self, request: HttpRequest, object_id: str) -> RunningPlan:
        running = self.get_object(request, object_id)
        if running is None:
            raise Http404
        return cast(RunningPlan, running)


def _decide(request: HttpRequest, running: RunningPlan) -> None:
    """Take over what was ticked, or leave it as it is, one task after the other; say of each that was too late."""
    decide = take_over if "take_over" in request.POST else leave
    done = 0
    for key in request.POST.getlist("planned"):
        try:
            decide(running, int(key) if key.isdecimal() else 0, by=reader(request))
            done += 1
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
    if not request.POST.getlist("planned"):
        messages.error(request, _t("Please tick at least one task."))
    if done:
        told = _t("Taken over: %(count)d.") if decide is take_over else _t("Left as it is: %(count)d.")
        messages.success(request, told % {"count": done})
