"""Deadlines on the staff desk."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.forms import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextInputWidget

from agencies.desk import DeskForm, NothingForm, action_page, page_before
from agencies.permissions import CHANGE, allows
from deadlines import services
from deadlines.admin.base import OwnedAdmin, count_done, when_chip
from deadlines.calendar import month_of
from deadlines.forms import AgencyRemindersForm, DaysField, FollowUpForm, MoveForm, SnoozeForm
from deadlines.models import Deadline
from deadlines.selectors import settings_of
from deadlines.views import reader


class DeadlineForm(DeskForm):
    """A deadline's page. Those that follow something else are moved by the action, which moves that too."""

    def clean(self) -> dict[str, Any]:
        """Refuse to move here what only the action can move as a whole."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if self.instance.pk and "due_on" in self.changed_data and services.moves_more(self.instance):
            self.add_error("due_on", _("Please use “Move” above: it moves what this is about, too."))
        return data


@admin.register(Deadline)
class DeadlineAdmin(OwnedAdmin):
    """Dates somebody must not forget."""

    list_display = ("heading", "when_shown", "due_on", "who", "kind", "about")
    list_filter: ClassVar = [*OwnedAdmin.list_filter, ("kind", ChoicesDropdownFilter)]
    form = DeadlineForm
    fields = (
        "title", "kind", "due_on", "owner", "stand_in", "lead_days", "when_shown", "about", "told", "silent",
    )  # fmt: skip
    readonly_fields = ("when_shown", "about", "told", "silent")
    actions = ("finish_chosen",)
    actions_list = ("calendar", "follow_up", "agency_reminders")
    actions_row = actions_detail = ("finish", "move", "snooze")

    @admin.display(description=_("title"), ordering="title")
    def heading(self, deadline: Deadline) -> str:
        """Say what is due."""
        return deadline.heading

    @admin.display(description=_("when"), ordering="due_on")
    def when_shown(self, deadline: Deadline) -> str | SafeString:
        """Show how far away it is."""
        return when_chip(deadline, closed=_t("done") if deadline.done_at else "")

    @admin.display(description=_("reminders sent"))
    def told(self, deadline: Deadline) -> str:
        """Show when reminders were written."""
        written = sorted(reminder.written_at for reminder in deadline.reminders.all())
        days = [date_format(timezone.localtime(at), "SHORT_DATE_FORMAT") for at in written]
        return ", ".join(days) or _t("none yet")

    @admin.display(description=_("silent until"))
    def silent(self, deadline: Deadline) -> str:
        """Show how long nobody is reminded."""
        return date_format(deadline.snoozed_until) if deadline.snoozed_until else "–"

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Deadline | None:
        """Load a deadline with its reminders, because its page asks for them again and again."""
        deadline = super().get_object(request, object_id, from_field)
        if deadline is not None:
            models.prefetch_related_objects([deadline], "reminders")
        return deadline

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Leave out of a new deadline what only an old one has."""
        return self.fields if obj else ("title", "kind", "due_on", "owner", "stand_in", "lead_days")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Explain how lead times are typed."""
        if db_field.name == "lead_days":
            words = _("Days before, with commas; 0 is the day itself. Empty: as the owner or the agency has it.")
            return DaysField(
                label=capfirst(db_field.verbose_name), help_text=words, widget=UnfoldAdminTextInputWidget()
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @action(description=_("Follow up"), url_path="follow-up", permissions=["add"], icon="event_repeat")
    def follow_up(self, request: HttpRequest) -> HttpResponse:
        """Remember to come back to what the page before is about; without one, set a plain deadline."""
        back, subject = page_before(request)
        if subject is None:
            return redirect("admin:deadlines_deadline_add")

        def do(typed: dict[str, Any]) -> str:
            services.follow_up(subject, by=reader(request), **typed)
            return _t("We remind you on %(day)s.") % {"day": date_format(typed["on"])}

        return action_page(
            request,
            title=_t("Follow up: %(what)s") % {"what": subject},
            form=FollowUpForm,
            do=do,
            back=back,
            initial={"owner": request.user.pk},
            submit=_t("Save"),
        )

    @action(description=_("Mark as done"), url_path="finish", permissions=["change"], icon="check")
    def finish(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Mark one deadline as done."""

        def do(deadline: Deadline, _typed: dict[str, Any]) -> str:
            services.finish(deadline, by=reader(request))
            return _t("“%(title)s” is done.") % {"title": deadline.title}

        return self._page(request, object_id, title=_t("Mark as done"), form=NothingForm, do=do)

    @action(description=_("Move"), url_path="move", permissions=["change"], icon="event_repeat")
    def move(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Move one deadline to another day."""

        def do(deadline: Deadline, typed: dict[str, Any]) -> str:
            services.move(deadline, by=reader(request), **typed)
            day = date_format(typed["due_on"])
            return _t("“%(title)s” is now due on %(day)s.") % {"title": deadline.title, "day": day}

        return self._page(request, object_id, title=_t("Move the deadline"), form=MoveForm, do=do)

    @action(description=_("Remind later"), url_path="snooze", permissions=["change"], icon="snooze")
    def snooze(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Be silent about one deadline for a while."""

        def do(deadline: Deadline, typed: dict[str, Any]) -> str:
            services.snooze(deadline, by=reader(request), **typed)
            return _t("We remind you on %(day)s.") % {"day": date_format(typed["until"])}

        return self._page(request, object_id, title=_t("Remind later"), form=SnoozeForm, do=do)

    @action(description=_("Calendar"), url_path="calendar", permissions=["view"], icon="calendar_month")
    def calendar(self, request: HttpRequest) -> HttpResponse:
        """Show the dates of a month: the reader's own, or those of the whole agency."""
        whole_agency = request.GET.get("whose") != "mine"
        month = month_of(reader(request), request.GET.get("month", ""), whole_agency=whole_agency)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _t("Calendar"),
            "month": month,
            "whose": "agency" if whole_agency else "mine",
        }
        return render(request, "admin/deadlines/calendar.html", context)

    def has_settings_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Whether the role may say when the agency's reminders come."""
        return allows(request.user, "remindersettings", CHANGE)

    @action(description=_("Reminders of the agency"), url_path="reminders", permissions=["settings"], icon="tune")
    def agency_reminders(self, request: HttpRequest) -> HttpResponse:
        """Say when the agency's reminders come, and when its administrators hear of what is overdue."""
        ours = settings_of(None)

        def do(typed: dict[str, Any]) -> str:
            services.change_settings(ours, by=reader(request), **typed)
            return _t("Saved. Reminders of open deadlines follow.")

        return action_page(
            request,
            title=_t("Reminders of the agency"),
            form=AgencyRemindersForm,
            do=do,
            back=reverse("admin:deadlines_deadline_changelist"),
            initial=model_to_dict(ours),
            submit=_t("Save"),
            intro=_t("Who wants it otherwise says so for their own reminders."),
        )

    @action(description=_("Mark the chosen ones as done"), permissions=["change"])
    def finish_chosen(self, request: HttpRequest, queryset: QuerySet[Deadline]) -> None:
        """Mark several deadlines as done."""
        count_done(
            request,
            queryset,
            lambda deadline: services.finish(deadline, by=reader(request)),
            lambda count: (
                ngettext("%(count)d deadline is done.", "%(count)d deadlines are done.", count) % {"count": count}
            ),
        )
