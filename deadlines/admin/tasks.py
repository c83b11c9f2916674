"""Tasks on the staff desk."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import RelatedDropdownFilter
from unfold.decorators import action

from agencies.desk import NothingForm, object_url
from deadlines import services
from deadlines.admin.base import OwnedAdmin, count_done, link, list_url, when_chip
from deadlines.forms import SkipForm
from deadlines.models import Task
from deadlines.plans.selectors import loads
from deadlines.views import reader


@admin.register(Task)
class TaskAdmin(OwnedAdmin):
    """Dated tasks, perhaps made from a phase plan."""

    list_display = ("title", "when_shown", "due_on", "who", "phase", "about")
    list_select_related = ("owner__membership", "planned__phase", "running", "milestone")
    list_filter: ClassVar = [*OwnedAdmin.list_filter, ("running", RelatedDropdownFilter)]
    fields = (
        "title", "due_on", "owner", "when_shown", "phase", "of_plan", "about", "how", "materials", "experience",
        "reason",
    )  # fmt: skip
    readonly_fields = ("when_shown", "phase", "of_plan", "about", "experience", "reason")
    actions = ("finish_chosen",)
    actions_list = ("mine", "load")
    actions_row = actions_detail = ("finish", "skip")

    @admin.display(description=_("when"), ordering="due_on")
    def when_shown(self, task: Task) -> str | SafeString:
        """Show how far away it is."""
        return when_chip(task, closed="" if task.status == Task.Status.OPEN else task.get_status_display())

    @admin.display(description=_("phase"))
    def phase(self, task: Task) -> str:
        """Name the phase of the plan it was made from."""
        return str(task.planned.phase) if task.planned else "–"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Leave out of a new task what only an old one has."""
        return self.fields if obj else ("title", "due_on", "owner", "how", "materials")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Let a task that is moved by hand keep its new distance to the milestone."""
        if obj.milestone and obj.due_on:
            obj.days = (obj.due_on - obj.milestone.on).days
        super().save_model(request, obj, form, change)

    @admin.display(description=_("running plan"))
    def of_plan(self, task: Task) -> str:
        """Link to the plan it belongs to."""
        return link(object_url(task.running), str(task.running)) if task.running else "–"

    @admin.display(description=_("experience from the predecessor"))
    def experience(self, task: Task) -> str:
        """Show what the programme before has learned."""
        return (task.planned.experience if task.planned else "") or "–"

    @action(description=_("My tasks"), url_path="mine", permissions=["view"], icon="person")
    def mine(self, request: HttpRequest) -> HttpResponse:
        """Show the reader's own open tasks."""
        return redirect(f"{list_url(Task)}?who={reader(request).pk}")

    @action(description=_("Load per person"), url_path="load", permissions=["view"], icon="groups")
    def load(self, request: HttpRequest) -> HttpResponse:
        """Show how much each person has to do in the coming weeks."""
        weeks, people = loads()
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _t("Load per person"),
            "weeks": weeks,
            "people": people,
            "most": max((load.total for load in people), default=0),
        }
        return render(request, "admin/deadlines/load.html", context)

    @action(description=_("Mark as done"), url_path="finish", permissions=["change"], icon="check")
    def finish(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Mark one task as done."""

        def do(task: Task, _typed: dict[str, Any]) -> str:
            services.finish_task(task, by=reader(request))
            return _t("“%(title)s” is done.") % {"title": task.title}

        return self._page(request, object_id, title=_t("Mark as done"), form=NothingForm, do=do)

    @action(description=_("Skip"), url_path="skip", permissions=["change"], icon="skip_next")
    def skip(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Skip one task, with the reason."""

        def do(task: Task, typed: dict[str, Any]) -> str:
            services.skip_task(task, by=reader(request), reason=typed["reason"])
            return _t("“%(title)s” is skipped.") % {"title": task.title}

        return self._page(request, object_id, title=_t("Skip the task"), form=SkipForm, do=do)

    @action(description=_("Mark the chosen ones as done"), permissions=["change"])
    def finish_chosen(self, request: HttpRequest, queryset: QuerySet[Task]) -> None:
        """Mark several tasks as done."""
        count_done(
            request,
            queryset,
            lambda task: services.finish_task(task, by=reader(request)),
            lambda count: ngettext("%(count)d task is done.", "%(count)d tasks are done.", count) % {"count": count},
        )
