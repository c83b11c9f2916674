"""Funding programmes and applications on the staff's desk."""

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model, Q, QuerySet
from django.forms import BaseModelForm
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import action

from agencies.desk import DeskForm, NothingForm, action_page, chip, object_url
from agencies.models import State, Topic
from agencies.permissions import allows, user_of
from klikks.uploads import check_upload
from projects.admin.base import AmountsAdmin, DayForm, OwnRowsAdmin, found
from projects.funding import services as funding
from projects.funding import watching
from projects.funding.finder import next_call, open_call
from projects.models import Applicant, ApplicationDocument, CallWindow, FundingApplication, FundingProgramme
from projects.models.funding import STALE_AFTER

SEPARATOR = "; "


def euro_input(label: Any, *, required: bool = True) -> forms.DecimalField:
    """Return a form's field for an amount in euro."""
    return forms.DecimalField(
        label=label,
        required=required,
        min_value=0,
        max_digits=14,
        decimal_places=2,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )


class SubmitForm(DayForm):
    """An application was handed in."""

    file_number = forms.CharField(label=_("file number"), required=False, max_length=60)


class GrantForm(SubmitForm):
    """Funding was granted, for which time and on which conditions."""

    amount = euro_input(_("granted (€)"))
    begins_on = forms.DateField(label=_("funding period begins on"), required=False, widget=forms.DateInput())
    ends_on = forms.DateField(label=_("funding period ends on"), required=False, widget=forms.DateInput())
    proof_due_on = forms.DateField(
        label=_("proof of use due on"),
        required=False,
        widget=forms.DateInput(),
        help_text=_("You are reminded two weeks before, three days before, and on the day."),
    )
    conditions = forms.CharField(
        label=_("conditions of the grant"), required=False, max_length=8000, widget=forms.Textarea(attrs={"rows": 4})
    )


class RejectForm(DayForm):
    """Funding was refused."""

    reason = forms.CharField(
        label=_("reason"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


class ProofForm(DayForm):
    """The use of the funding was proven."""

    disbursed = euro_input(_("paid out so far (€)"), required=False)


class FundingProgrammeForm(DeskForm):
    """A funding programme; what it is limited to is ticked."""

    states = forms.MultipleChoiceField(
        label=_("states"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing ticked: nationwide."),
    )
    topics = forms.MultipleChoiceField(
        label=_("topics"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing ticked: all topics."),
    )
    applicants = forms.MultipleChoiceField(
        label=_("applicants"),
        choices=Applicant,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing ticked: anybody."),
    )
    unconfirmed = forms.MultipleChoiceField(
        label=_("still to be confirmed"),
        choices=FundingProgramme.Aspect,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What is ticked is marked wherever the programme is shown."),
    )

    class Meta:
        model = FundingProgramme
        fields = ("states", "topics", "applicants", "unconfirmed")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "states" in self.fields:
            states = cast(forms.MultipleChoiceField, self.fields["states"])
            states.choices = [(state.pk, state.name) for state in State.objects.all()]
        if "topics" in self.fields:
            topics = cast(forms.MultipleChoiceField, self.fields["topics"])
            topics.choices = [(topic.pk, str(topic)) for topic in Topic.objects.all()]


class WhereFilter(admin.SimpleListFilter):
    """The programmes that can be had in a state."""

    title = _("state")
    parameter_name = "where"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Offer the states."""
        return [(state.pk, state.name) for state in State.objects.all()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Leave the state's own programmes and those that are nationwide."""
        if not self.value():
            return queryset
        return queryset.filter(Q(states=[]) | Q(states__contains=[self.value()]))


class CheckedFilter(admin.SimpleListFilter):
    """The programmes somebody should look after."""

    title = _("to be checked")
    parameter_name = "check"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Offer what can be wrong with a programme."""
        return [("stale", _("not checked for a long time")), ("unconfirmed", _("still to be confirmed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Leave what was chosen."""
        if self.value() == "stale":
            return queryset.filter(checked_on__lt=timezone.localdate() - STALE_AFTER)
        return queryset.exclude(unconfirmed=[]) if self.value() == "unconfirmed" else queryset


class CallWindowInline(TabularInline):
    """The calls of a funding programme."""

    model = CallWindow
    extra = 0
    hide_title = True
    fields = ("opens_on", "closes_on", "note")
    verbose_name_plural = _("calls for applications; without days at any time")


@admin.register(FundingProgramme)
class FundingProgrammeAdmin(OwnRowsAdmin):
    """Funding programmes of all agencies."""

    form = FundingProgrammeForm
    list_display = ("name", "level", "where", "rate", "next_days", "checked", "kept_by")
    list_filter = ("level", WhereFilter, CheckedFilter)
    search_fields = ("name", "funder", "who_may_apply")
    list_select_related = ("agency",)
    ordering = ("name",)
    inlines = (CallWindowInline,)
    actions_detail = ("check_now",)
    export_columns = (
        "name",
        "level",
        "funder",
        "link",
        "all_states",
        "all_topics",
        "all_applicants",
        "who_may_apply",
        "only_before_start",
        "rate",
        "higher_rate",
        "higher_rate_for",
        "cost_min",
        "cost_max",
        "grant_min",
        "grant_max",
        "opens_on",
        "closes_on",
        "any_time",
        "call_note",
        "combinability",
        "combines_with",
        "combinability_note",
        "documents",
        "all_unconfirmed",
        "checked_on",
    )
    when_read: ClassVar[dict[str, str]] = {
        "states": "where",
        "topics": "names_of_topics",
        "applicants": "all_applicants",
        "unconfirmed": "all_unconfirmed",
    }
    fieldsets: ClassVar[Any] = (
        (None, {"fields": ("name", ("level", "funder"), "link", ("checked_on", "unconfirmed"))}),
        (_("Who and what"), {"fields": ("states", "topics", "applicants", "who_may_apply", "only_before_start")}),
        (
            _("How much"),
            {
                "fields": (
                    ("rate", "higher_rate"),
                    "higher_rate_for",
                    ("cost_min", "cost_max"),
                    ("grant_min", "grant_max"),
                )
            },
        ),
        (_("Together with other funding"), {"fields": ("combinability", "combines_with", "combinability_note")}),
        (_("Documents"), {"fields": ("documents",)}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the programmes with their calls."""
        return super().get_queryset(request).prefetch_related("calls")

    @admin.display(description=_("states"))
    def where(self, programme: FundingProgramme) -> str:
        """Name the states in short."""
        return ", ".join(code.removeprefix("DE-") for code in programme.states) or gettext("nationwide")

    @admin.display(description=_("applications"))
    def next_days(self, programme: FundingProgramme) -> str:
        """Say until when one may apply, or from when."""
        today, calls = timezone.localdate(), list(programme.calls.all())
        if now := open_call(calls, today):
            if now.closes_on is None:
                return gettext("at any time")
            return gettext("until %(day)s") % {"day": date_format(now.closes_on, "SHORT_DATE_FORMAT")}
        coming = next_call(calls, today)
        if coming and coming.opens_on:
            return gettext("from %(day)s") % {"day": date_format(coming.opens_on, "SHORT_DATE_FORMAT")}
        return gettext("closed") if calls else "–"

    @admin.display(description=_("last checked on"), ordering="checked_on")
    def checked(self, programme: FundingProgramme) -> SafeString:
        """Show when the programme was checked; in colour where this is long ago or something is open."""
        day = date_format(programme.checked_on, "SHORT_DATE_FORMAT")
        if programme.is_stale:
            return chip("overdue", gettext("%(day)s: out of date?") % {"day": day})
        return (
            chip("waiting", gettext("%(day)s: incomplete") % {"day": day}) if programme.unconfirmed else chip("", day)
        )

    @admin.display(description=_("states"))
    def all_states(self, programme: FundingProgramme) -> str:
        """Name the states for a sheet."""
        return SEPARATOR.join(programme.states)

    @admin.display(description=_("topics"))
    def names_of_topics(self, programme: FundingProgramme) -> str:
        """Name the topics in the reader's language."""
        return SEPARATOR.join(str(topic) for topic in Topic.objects.filter(pk__in=programme.topics)) or gettext("all")

    @admin.display(description=_("topics"))
    def all_topics(self, programme: FundingProgramme) -> str:
        """Name the topics for a sheet."""
        return SEPARATOR.join(programme.topics)

    @admin.display(description=_("applicants"))
    def all_applicants(self, programme: FundingProgramme) -> str:
        """Name the applicants for a sheet."""
        return SEPARATOR.join(str(Applicant(each).label) for each in programme.applicants)

    @admin.display(description=_("still to be confirmed"))
    def all_unconfirmed(self, programme: FundingProgramme) -> str:
        """Name for a sheet what is to be confirmed."""
        return SEPARATOR.join(str(FundingProgramme.Aspect(each).label) for each in programme.unconfirmed)

    @admin.display(description=_("opens on"))
    def opens_on(self, programme: FundingProgramme) -> Any:
        """Give the first day of the call for a sheet."""
        call = _main_call(programme)
        return call.opens_on if call else None

    @admin.display(description=_("applications until"))
    def closes_on(self, programme: FundingProgramme) -> Any:
        """Give the last day of the call for a sheet."""
        call = _main_call(programme)
        return call.closes_on if call else None

    @admin.display(description=_("at any time"))
    def any_time(self, programme: FundingProgramme) -> bool:
        """Say for a sheet whether one may apply at any time."""
        call = _main_call(programme)
        return bool(call) and call.opens_on is None and call.closes_on is None  # type: ignore[union-attr]

    @admin.display(description=_("note on the call"))
    def call_note(self, programme: FundingProgramme) -> str:
        """Give the note on the call for a sheet."""
        call = _main_call(programme)
        return call.note if call else ""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Let those who watch the programme know of its changed calls; other agencies hear of them at night."""
        super().save_related(request, form, formsets, change)
        watching.keep_dates()

    def has_keep_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role keeps programmes."""
        return allows(request.user, "fundingprogramme", "change")

    @action(description=_("Checked today"), url_path="check-now", icon="fact_check", permissions=["keep"])
    def check_now(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Note that the programme was compared with its source today."""
        programme = found(self, request, object_id)
        if not self.has_change_permission(request, programme):
            raise PermissionDenied

        def do(data: dict[str, Any]) -> str:
            funding.check_programme(programme, by=user_of(request))
            return gettext("The programme is noted as checked today.")

        intro = gettext("Please compare all of this with the funder's own page first. Nothing stays marked as open.")
        return action_page(
            request,
            title=gettext("Checked today"),
            form=NothingForm,
            do=do,
            back=object_url(programme),
            intro=intro,
        )


class DocumentInlineForm(forms.ModelForm):
    """A document on the list of an application."""

    done = forms.BooleanField(label=_("ready"), required=False)
    file = forms.FileField(
        label=_("file"), required=False, widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"})
    )

    class Meta:
        model = ApplicationDocument
        fields = ("what", "file")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["done"].initial = self.instance.done_at is not None

    def clean_file(self) -> Any:
        """Refuse what may not be uploaded."""
        file = self.cleaned_data.get("file")
        if file and "file" in self.changed_data:
            try:
                file.name = check_upload(file)
            except ValidationError as refusal:
                raise forms.ValidationError(refusal.messages) from None
        return file


class ApplicationDocumentInline(TabularInline):
    """The documents of an application."""

    model = ApplicationDocument
    form = DocumentInlineForm
    extra = 0
    hide_title = True
    fields = ("what", "done", "file", "state")
    readonly_fields = ("state",)
    verbose_name_plural = _("documents needed")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the documents with who ticked them."""
        return super().get_queryset(request).select_related("done_by__membership", "done_by__patron")

    @admin.display(description=_("so far"))
    def state(self, document: ApplicationDocument) -> SafeString | str:
        """Say who has it ready since when, and link to the file."""
        if document.done_at is None:
            return "–"
        said = f"{date_format(timezone.localtime(document.done_at), 'SHORT_DATE_FORMAT')} {document.ticked_by}"
        if not document.file:
            return said
        return format_html(
            '{} <a href="{}">{}</a>', said, reverse("projects:document_file", args=[document.pk]), gettext("Download")
        )


class FundingApplicationForm(DeskForm):
    """An application; a project has one at a time with a programme."""

    def clean(self) -> dict[str, Any]:
        """Say in words what the service would refuse. Raises ValidationError."""
        data = super().clean() or {}
        project, programme = data.get("project"), data.get("funding_programme")
        if self.instance.pk is None and project and programme:
            funding.check_is_first(project, programme)
        return data


@admin.register(FundingApplication)
class FundingApplicationAdmin(AmountsAdmin):
    """Applications for funding."""

    form = FundingApplicationForm
    list_display = ("project", "commune", "funding_programme", "status_chip", "applied_for", "granted", "proof_due_on")
    list_filter = (
        "status",
        "funding_programme",
        ("submitted_on", RangeDateFilter),
        ("proof_due_on", RangeDateFilter),
    )
    search_fields = ("project__title", "project__commune__search_name", "file_number")
    export_columns = (
        "project",
        "commune",
        "funding_programme",
        "status",
        "applied_for",
        "granted",
        "disbursed",
        "file_number",
        "closes_on",
        "submitted_on",
        "decided_on",
        "begins_on",
        "ends_on",
        "proof_due_on",
        "proof_handed_in_on",
    )
    autocomplete_fields = ("project", "funding_programme")
    readonly_fields = ("status_chip", "granted", "submitted_on", "decided_on", "proof_handed_in_on", "life_cycle")
    fieldsets: ClassVar[Any] = (
        (
            None,
            {
                "fields": (
                    ("project", "status_chip"),
                    ("funding_programme", "closes_on"),
                    ("applied_for", "granted"),
                    "disbursed",
                )
            },
        ),
        (
            _("Procedure"),
            {
                "fields": (
                    "file_number",
                    ("submitted_on", "decided_on"),
                    ("begins_on", "ends_on"),
                    ("proof_due_on", "proof_handed_in_on"),
                    "conditions",
                    "life_cycle",
                )
            },
        ),
    )
    inlines = (ApplicationDocumentInline,)
    actions_detail = ("submit", "grant", "reject", "proof")
    view_on_site = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the applications with what their names are made of."""
        return super().get_queryset(request).select_related("project__commune", "funding_programme")

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """An application stays with its project and programme."""
        return (*self.readonly_fields, "project", "funding_programme") if obj else self.readonly_fields

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """A new application has no procedure yet."""
        return super().get_fieldsets(request, obj) if obj else ((None, {"fields": self.NEW}),)

    def get_inlines(self, request: HttpRequest, obj: Model | None) -> Any:
        """A new application gets its list of documents from the programme."""
        return self.inlines if obj else ()

    NEW = ("project", "funding_programme", "applied_for")

    @admin.display(description=_("municipality"), ordering="project__commune__search_name")
    def commune(self, application: FundingApplication) -> str:
        """Show whose application it is."""
        return str(application.project.commune)

    def save_model(self, request: HttpRequest, obj: FundingApplication, form: BaseModelForm, change: bool) -> None:
        """Let the service draft or correct the application, so that its dates become deadlines."""
        if change:
            fields = {name: form.cleaned_data[name] for name in form.changed_data if name in funding.OWN_FIELDS}
            funding.change_application(obj, by=user_of(request), **fields)
            return
        data = {name: form.cleaned_data[name] for name in self.NEW}
        made = funding.apply_for_funding(data.pop("project"), by=user_of(request), **data)
        obj.pk, obj.agency_id = made.pk, made.agency_id

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Note who ticked which document; a file makes a document ready."""
        super().save_formset(request, form, formset, change)
        for each in formset.forms:
            if each in formset.deleted_forms or not each.instance.pk:
                continue
            ready = each.cleaned_data.get("done") or ("file" in each.changed_data and bool(each.instance.file))
            if ready != (each.instance.done_at is not None):
                (funding.tick_document if ready else funding.untick_document)(each.instance, by=user_of(request))

    def has_work_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may move applications."""
        return allows(request.user, "fundingapplication", "change")

    @action(description=_("It was handed in"), url_path="submit", icon="send", permissions=["work"])
    def submit(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Note that an application was handed in."""
        application = found(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            funding.submit_application(application, by=user_of(request), **data)
            return gettext("The application is handed in.")

        return action_page(
            request, title=gettext("It was handed in"), form=SubmitForm, do=do, back=object_url(application)
        )

    @action(description=_("It was granted"), url_path="grant", icon="check", permissions=["work"])
    def grant(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Note what was granted."""
        application = found(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            funding.grant(application, by=user_of(request), **data)
            return gettext("The funding is granted.")

        initial = {"amount": application.applied_for, "file_number": application.file_number}
        return action_page(
            request,
            title=gettext("It was granted"),
            form=GrantForm,
            do=do,
            back=object_url(application),
            initial=initial,
        )

    @action(description=_("It was refused"), url_path="reject", icon="close", permissions=["work"])
    def reject(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Note that funding was refused."""
        application = found(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            funding.reject(application, by=user_of(request), **data)
            return gettext("The refusal is noted.")

        return action_page(
            request, title=gettext("It was refused"), form=RejectForm, do=do, back=object_url(application)
        )

    @action(description=_("Its use was proven"), url_path="proof", icon="task_alt", permissions=["work"])
    def proof(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Note that the proof of use was handed in."""
        application = found(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            funding.hand_in_proof(application, by=user_of(request), **data)
            return gettext("The proof of use is noted. Nothing is due any more.")

        initial = {"disbursed": application.disbursed or application.granted}
        return action_page(
            request,
            title=gettext("Its use was proven"),
            form=ProofForm,
            do=do,
            back=object_url(application),
            initial=initial,
        )


def _main_call(programme: FundingProgramme) -> CallWindow | None:
    """Return the call a sheet names: the one that is open, else the next, else the last."""
    today, calls = timezone.localdate(), list(programme.calls.all())
    return open_call(calls, today) or next_call(calls, today) or (calls[-1] if calls else None)
