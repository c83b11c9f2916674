"""Tasks on the staff desk."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action

from deadlines import services
from deadlines.admin.base import OwnedAdmin, count_done, when_chip
from deadlines.forms import SkipForm, YesForm
from deadlines.models import Task
from deadlines.views import reader


@admin.register(Task)
class TaskAdmin(OwnedAdmin):
    """Dated tasks, perhaps made from a phase plan."""

    list_display = ("title", "when_shown", "due_on", "who", "phase", "about")
    list_select_related = ("owner__membership", "planned__phase")
    fields = ("title", "due_on", "owner", "when_shown", "phase", "about", "reason")
    readonly_fields = ("when_shown", "phase", "about", "reason")
    actions = ("finish_chosen",)
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
        return self.fields if obj else ("title", "due_on", "owner")

    @action(description=_("Mark as done"), url_path="finish", permissions=["change"], icon="check")
    def finish(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Mark one task as done."""

        def do(task: Task, _typed: dict[str, Any]) -> str:
            services.finish_task(task, by=reader(request))
            return _t("“%(title)s” is done.") % {"title": task.title}

        return self._page(request, object_id, title=_t("Mark as done"), form=YesForm, do=do)

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
