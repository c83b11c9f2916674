"""The staff desk of this room: deadlines, tasks, phase plans, the outbox and jobs."""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet, Value
from django.forms import model_to_dict
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter, RangeDateFilter, RelatedDropdownFilter
from unfold.decorators import action
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from agencies.desk import DeskAdmin, action_page, chip, object_url, page_before, safe_next
from agencies.models import Membership, Phase, Programme, User
from agencies.models.accounts import Role
from deadlines import jobs, outbox, services
from deadlines.forms import FollowUpForm, MoveForm, PersonField, SkipForm, YesForm
from deadlines.models import Deadline, Job, OutboxMail, PhasePlan, PlannedTask, Task
from deadlines.selectors import desk_path, subject_kind
from deadlines.views import reader
from klikks.links import without_tokens

SOON_DAYS = 7


def when_chip(row: Deadline | Task, *, closed: str) -> str | SafeString:
    """Return how far away a row's day is, as a chip: red when overdue, yellow when near."""
    if closed:
        return chip("", closed)
    if row.due_on is None:
        return "–"
    days = (row.due_on - timezone.localdate()).days
    return chip("overdue" if days < 0 else "waiting" if days <= SOON_DAYS else "", row.when)


def link(address: str, words: str) -> SafeString:
    """Return a link that looks like one."""
    return format_html('<a class="desk-link" href="{}">{}</a>', address, words)


def person(user: User | None) -> str:
    """Return the name of a person that was loaded with the membership."""
    membership = getattr(user, "membership", None)
    return str(membership or user or "")


def count_done(
    request: HttpRequest, rows: QuerySet[Any], do: Callable[[Any], object], told: Callable[[int], str]
) -> None:
    """Do something with each of the chosen rows and say with how many; what a service refuses is said too."""
    count = 0
    for row in rows:
        try:
            do(row)
            count += 1
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
    if count:
        messages.success(request, told(count))


def list_url(model: type[models.Model]) -> str:
    """Return the address of a model's list on the desk."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


class StateFilter(DropdownFilter):
    """Shows what is open unless something else is asked for."""

    title = _("status")
    parameter_name = "state"
    all_option = ["", _("open")]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the other states."""
        return [("overdue", _("overdue")), ("closed", _("done or skipped")), ("all", _("all"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Narrow the list to the chosen state."""
        open_rows = queryset.open()
        match self.value():
            case "all":
                return queryset
            case "closed":
                return queryset.exclude(pk__in=open_rows.values("pk"))
            case "overdue":
                return open_rows.filter(due_on__lt=timezone.localdate())
            case _other:
                return open_rows


class OwnerFilter(DropdownFilter):
    """Narrows the list to one person's rows, or to those nobody has taken."""

    title = _("who")
    parameter_name = "who"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return myself, nobody, and everybody else of the agency who may own something."""
        people = Membership.objects.filter(is_active=True).exclude(user=request.user)
        others = [(str(pk), name) for pk, name in people.values_list("user_id", "name")]
        return [(str(request.user.pk), _t("me")), ("nobody", _t("nobody")), *others]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Narrow the list to the chosen person."""
        if self.value() == "nobody":
            return queryset.filter(owner__isnull=True)
        return queryset.filter(owner_id=self.value()) if (self.value() or "").isdecimal() else queryset


class AboutMixin:
    """A column that links to what a row is about, where the reader may see that."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Let each row know in which role it is read."""
        rows: QuerySet[Any] = super().get_queryset(request)  # type: ignore[misc]
        return rows.annotate(reader_role=Value(reader(request).role.value))

    @admin.display(description=_("about"))
    def about(self, row: Any) -> str | SafeString:
        """Link to the page of what the row is about."""
        kind = subject_kind(row)
        return (
            format_html('<a class="desk-link" href="{}">{}</a>', desk_path(row, Role(row.reader_role)), kind)
            if kind
            else "–"
        )


class OwnedAdmin(AboutMixin, DeskAdmin):
    """What deadlines and tasks share: an owner, a day, and an object they are about."""

    list_filter: ClassVar[list[Any]] = [StateFilter, ("due_on", RangeDateFilter), OwnerFilter]
    list_select_related: tuple[str, ...] = ("owner__membership",)
    search_fields = ("title",)
    ordering = ("due_on", "pk")

    @admin.display(description=_("who"), ordering="owner__membership__name")
    def who(self, row: Deadline | Task) -> str:
        """Name the owner."""
        return person(row.owner) or _t("the agency")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the people of the agency by their names."""
        if db_field.name != "owner":
            return super().formfield_for_foreignkey(db_field, request, **kwargs)
        return PersonField(label=capfirst(db_field.verbose_name), required=False, widget=UnfoldAdminSelectWidget())

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Suggest that the reader takes the new row."""
        return {"owner": request.user.pk, **super().get_changeform_initial_data(request)}

    def _page(self, request: HttpRequest, object_id: str, **action: Any) -> HttpResponse:
        """Ask before acting on one row; `do` gets the row and what was typed."""
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        do = action.pop("do")
        initial = model_to_dict(row, fields=action["form"].base_fields)
        back = safe_next(request) or object_url(row)
        return action_page(request, do=partial(do, row), back=back, intro=str(row), initial=initial, **action)


@admin.register(Deadline)
class DeadlineAdmin(OwnedAdmin):
    """Dates somebody must not forget."""

    list_display = ("heading", "when_shown", "due_on", "who", "kind", "about")
    list_filter: ClassVar = [*OwnedAdmin.list_filter, ("kind", ChoicesDropdownFilter)]
    fields = ("title", "kind", "due_on", "owner", "lead_days", "when_shown", "about", "told")
    readonly_fields = ("when_shown", "about", "told")
    actions = ("finish_chosen",)
    actions_list = ("follow_up",)
    actions_row = actions_detail = ("finish", "move")

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

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Deadline | None:
        """Load a deadline with its reminders, because its page asks for them again and again."""
        deadline = super().get_object(request, object_id, from_field)
        if deadline is not None:
            models.prefetch_related_objects([deadline], "reminders")
        return deadline

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Leave out of a new deadline what only an old one has."""
        return self.fields if obj else ("title", "kind", "due_on", "owner", "lead_days")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Explain how lead times are typed."""
        if db_field.name == "lead_days":
            kwargs["help_text"] = _("Days before, separated by commas; 0 is the day itself.")
            kwargs["widget"] = UnfoldAdminTextInputWidget()
            return db_field.formfield(**kwargs)
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

        return self._page(request, object_id, title=_t("Mark as done"), form=YesForm, do=do)

    @action(description=_("Move"), url_path="move", permissions=["change"], icon="event_repeat")
    def move(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Move one deadline to another day."""

        def do(deadline: Deadline, typed: dict[str, Any]) -> str:
            services.move(deadline, by=reader(request), due_on=typed["due_on"])
            day = date_format(typed["due_on"])
            return _t("“%(title)s” is now due on %(day)s.") % {"title": deadline.title, "day": day}

        return self._page(request, object_id, title=_t("Move the deadline"), form=MoveForm, do=do)

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


class ReadOnlyAdmin(AboutMixin, DeskAdmin):
    """What the portal itself writes: staff read it."""

    export_columns = ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds one by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Nobody changes one by hand."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Nobody deletes one by hand."""
        return False


@admin.register(OutboxMail)
class OutboxMailAdmin(ReadOnlyAdmin):
    """Every mail the portal has written, with what became of it."""

    list_display = ("subject_line", "recipient", "status_chip", "problem", "created_at", "sent_at")
    list_filter: ClassVar = [("status", ChoicesDropdownFilter), ("created_at", RangeDateFilter)]
    search_fields = ("recipient", "subject_line")
    fields = (
        "status_chip", "problem", "next_attempt", "recipient", "subject_line", "about", "created_at", "sent_at",
        "attempts", "message_id", "words", "look",
    )  # fmt: skip
    readonly_fields = fields
    actions = ("resend_chosen",)
    actions_detail = ("resend",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Leave the bodies of the mails out of the list."""
        mails = super().get_queryset(request)
        return mails.defer("text", "html") if request.path == list_url(OutboxMail) else mails

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Let nobody find out by filtering what a secret mail says."""
        return lookup.partition("__")[0] not in {"text", "html"} and super().lookup_allowed(lookup, value, request)

    def has_resend_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Whether the role may send again, and the mail has not left yet."""
        if not self._allows(request, "resend"):
            return False
        sent = OutboxMail.objects.filter(status=OutboxMail.Status.SENT)
        return object_id is None or not sent.filter(pk=object_id).exists()

    @admin.display(description=_("problem"))
    def problem(self, mail: OutboxMail) -> str:
        """Say in words what went wrong, and what can be done."""
        return mail.problem or "–"

    @admin.display(description=_("next attempt"))
    def next_attempt(self, mail: OutboxMail) -> str:
        """Say when it is tried again."""
        if mail.status != OutboxMail.Status.WAITING:
            return "–"
        return date_format(timezone.localtime(mail.not_before), "SHORT_DATETIME_FORMAT")

    @admin.display(description=_("text"))
    def words(self, mail: OutboxMail) -> str | SafeString:
        """Show the plain text, unless it is the recipient's secret or was forgotten."""
        if mail.is_secret:
            return _t("This mail holds a code or a link that is meant for its recipient alone.")
        if not mail.text:
            return _t("The text was deleted after %(days)d days.") % {"days": settings.MAIL_TEXTS_KEPT_DAYS}
        return format_html('<pre class="desk-mail">{}</pre>', without_tokens(mail.text))

    @admin.display(description=_("how it looks"))
    def look(self, mail: OutboxMail) -> str | SafeString:
        """Show the HTML in a frame in which no script runs and no form works."""
        if mail.is_secret or not mail.html:
            return "–"
        frame = '<iframe class="desk-mail-frame" sandbox title="{}" srcdoc="{}"></iframe>'
        return format_html(frame, mail.subject_line, without_tokens(mail.html))

    @action(description=_("Send again"), url_path="resend", permissions=["resend"], icon="send")
    def resend(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Let one mail leave now."""
        mail = self.get_object(request, object_id)
        if mail is None:
            raise Http404

        def do(_typed: dict[str, Any]) -> str:
            outbox.resend(mail, by=reader(request))
            return _t("The mail to %(address)s is on its way.") % {"address": mail.recipient}

        title = _t("Send again")
        return action_page(request, title=title, form=YesForm, do=do, back=object_url(mail), intro=str(mail))

    @action(description=_("Send the chosen ones again"), permissions=["resend"])
    def resend_chosen(self, request: HttpRequest, queryset: QuerySet[OutboxMail]) -> None:
        """Let several mails leave now; those that were sent stay as they are."""
        count_done(
            request,
            queryset.exclude(status=OutboxMail.Status.SENT),
            lambda mail: outbox.resend(mail, by=reader(request)),
            lambda count: (
                ngettext("%(count)d mail is on its way.", "%(count)d mails are on their way.", count) % {"count": count}
            ),
        )


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    """Work in the background, with what became of it."""

    list_display = ("kind", "status_chip", "progress_bar", "who", "ordered_at", "finished_at", "about")
    list_filter: ClassVar = [("status", ChoicesDropdownFilter), ("kind", ChoicesDropdownFilter)]
    list_select_related = ("ordered_by__membership",)
    fields = (
        "kind", "status_chip", "progress_bar", "error", "about", "who", "ordered_at", "beat_at", "finished_at",
        "attempts", "number", "page",
    )  # fmt: skip
    readonly_fields = fields
    actions = ("retry_chosen",)
    actions_detail = ("retry",)

    def has_retry_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Whether the role may start jobs again, and the job has failed."""
        if not self._allows(request, "retry"):
            return False
        failed = Job.objects.filter(status=Job.Status.FAILED)
        return object_id is None or failed.filter(pk=object_id).exists()

    @admin.display(description=_("progress"), ordering="progress")
    def progress_bar(self, job: Job) -> str | SafeString:
        """Show how far it is."""
        if job.status == Job.Status.FAILED:
            return "–"
        bar = '<progress class="desk-bar" value="{0}" max="100" aria-label="{1}"></progress>{0} %'
        return format_html(f'<span class="desk-progress">{bar}</span>', str(job.progress), _t("progress"))

    @admin.display(description=_("ordered by"))
    def who(self, job: Job) -> str:
        """Name who ordered it."""
        return person(job.ordered_by) or _t("the portal")

    @admin.display(description=_("number"))
    def number(self, job: Job) -> str:
        """Show the number that a failure tells people to pass on."""
        return str(job.key)

    @admin.display(description=_("page"))
    def page(self, job: Job) -> SafeString:
        """Link to the page with progress and result."""
        return link(reverse("deadlines:job", args=[job.key]), _t("progress and result"))

    @action(description=_("Try again"), url_path="retry", permissions=["retry"], icon="refresh")
    def retry(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Start a failed job once more."""
        job = self.get_object(request, object_id)
        if job is None:
            raise Http404

        def do(_typed: dict[str, Any]) -> str:
            jobs.retry(job, by=reader(request))
            return _t("It starts in a moment.")

        return action_page(
            request, title=_t("Try again"), form=YesForm, do=do, back=object_url(job), intro=job.error or str(job)
        )

    @action(description=_("Try the chosen ones again"), permissions=["retry"])
    def retry_chosen(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        """Start several failed jobs once more; others stay as they are."""
        count_done(
            request,
            queryset.filter(status=Job.Status.FAILED),
            lambda job: jobs.retry(job, by=reader(request)),
            lambda count: (
                ngettext("%(count)d job starts again.", "%(count)d jobs start again.", count) % {"count": count}
            ),
        )


class PlannedTaskInline(TabularInline):
    """The tasks of a plan, in the order of their days."""

    model = PlannedTask
    extra = 0
    fields = ("title", "phase", "days")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer only the phases of the plan's programme."""
        if db_field.name == "phase":
            plan_id = request.resolver_match.kwargs.get("object_id")  # type: ignore[union-attr]
            kwargs["queryset"] = Phase.objects.filter(programme__phase_plans=plan_id)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(PhasePlan)
class PhasePlanAdmin(DeskAdmin):
    """A programme's templates of tasks by phase; kept by the agency that coordinates the programme."""

    list_display = ("title", "programme")
    list_filter: ClassVar = [("programme", RelatedDropdownFilter)]
    list_select_related = ("programme",)
    search_fields = ("title",)
    fields = ("title", "programme")
    inlines = (PlannedTaskInline,)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the role may change plans, and the reader's agency coordinates this one's programme."""
        return super().has_change_permission(request, obj) and self._coordinates(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whether the role may delete plans, and the reader's agency coordinates this one's programme."""
        return super().has_delete_permission(request, obj) and self._coordinates(request, obj)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        """Ask for the tasks once the plan has a programme, and with it phases."""
        return self.inlines if obj else ()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Keep the programme of a plan: its tasks belong to that programme's phases."""
        return ("programme",) if obj else ()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer only programmes that the reader's agency coordinates."""
        if db_field.name == "programme":
            kwargs["queryset"] = _coordinated(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """Go on to the plan's page, where its tasks are added."""
        return redirect(object_url(obj))

    def _coordinates(self, request: HttpRequest, plan: PhasePlan | None) -> bool:
        return plan is None or _coordinated(request).filter(pk=plan.programme_id).exists()


def _coordinated(request: HttpRequest) -> QuerySet[Programme]:
    """Return the programmes that the reader's agency coordinates."""
    return Programme.objects.filter(
        participations__agency_id=reader(request).agency_id, participations__coordinates=True
    )
