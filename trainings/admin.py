"""The staff desk of this room: training series, their sessions and who takes part."""

from functools import partial
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.decorators import action

from agencies.desk import DeskAdmin, action_page, chip, object_url
from agencies.models import Membership
from agencies.permissions import VIEW, allows, user_of
from communes.models import Twinning
from klikks.tenancy import current_agency_id
from patrons.models import Patron
from projects.admin.base import OwnRowsAdmin, found
from trainings import services
from trainings.models import Enrolment, TrainingSeries, TrainingSession


class EnrolForm(forms.Form):
    """Who gets a place: a patron or a member of staff of the own agency."""

    patron = forms.ModelChoiceField(Patron.objects.none(), label=_("climate patron"), required=False)
    member = forms.ModelChoiceField(Membership.objects.none(), label=_("member of staff"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        staff = Membership.objects.filter(is_active=True).exclude(role="patron")
        for name, people in [("patron", Patron.objects.serving()), ("member", staff)]:
            cast(forms.ModelChoiceField, self.fields[name]).queryset = people

    def clean(self) -> dict[str, Any]:
        """Exactly one person is named."""
        data = super().clean() or {}
        if bool(data.get("patron")) == bool(data.get("member")):
            raise forms.ValidationError(_("Please choose one person: a climate patron or a member of staff."))
        return data


class PeopleField(forms.ModelMultipleChoiceField):
    """Enrolments, each called by the person's name."""

    def label_from_instance(self, obj: Model) -> str:
        """Name the person."""
        return _name(cast(Enrolment, obj))


class AttendanceForm(forms.Form):
    """Who took part."""

    present = PeopleField(
        Enrolment.objects.none(), label=_("These people took part"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, session: TrainingSession, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        enrolled = Enrolment.objects.filter(session=session, status=Enrolment.Status.ENROLLED)
        field = cast(forms.ModelMultipleChoiceField, self.fields["present"])
        field.queryset = enrolled.select_related("patron", "member", "session__series")
        field.initial = list(enrolled)


class CancelForm(forms.Form):
    """Why somebody cannot come."""

    reason = forms.CharField(label=_("reason"), required=False, max_length=1000)


class CallOffForm(forms.Form):
    """Why a session does not take place."""

    reason = forms.CharField(
        label=_("reason"), max_length=300, help_text=_("Everybody with a place or on the list is told this.")
    )


class SessionInline(TabularInline):
    """The dates of a series, to read; each has a page of its own."""

    model = TrainingSession
    extra = 0
    hide_title = True
    fields = readonly_fields = ("title", "starts_at", "venue", "places")
    show_change_link = True
    verbose_name_plural = _("sessions")

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Sessions are added on their own page."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Sessions are changed on their own page."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Sessions stay."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whoever may see the series sees its sessions."""
        return allows(request.user, "trainingsession", VIEW)


@admin.register(TrainingSeries)
class TrainingSeriesAdmin(OwnRowsAdmin):
    """Series of trainings, of all agencies."""

    list_display = ("title", "audience", "programme", "kept_by", "across_agencies")
    list_filter = ("audience", "programme", "across_agencies")
    search_fields = ("title", "goals")
    list_select_related = ("programme", "agency")
    inlines = (SessionInline,)


class EnrolmentInline(TabularInline):
    """Who takes part: people of the own agency, to read; actions enrol, cancel and note attendance."""

    model = Enrolment
    extra = 0
    hide_title = True
    fields = readonly_fields = ("person", "status_chip", "created_at")
    show_change_link = True
    verbose_name_plural = _("participants of our agency")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return enrolments with their people."""
        return super().get_queryset(request).select_related("patron", "member", "session__series")

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """People are enrolled by the action, which knows whether a place is free."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Enrolments are moved by actions."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Enrolments are cancelled, not deleted."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whoever may see enrolments sees them here."""
        return allows(request.user, "enrolment", VIEW)

    @admin.display(description=_("person"))
    def person(self, enrolment: Enrolment) -> str:
        """Name the person."""
        return _name(enrolment)

    @admin.display(description=_("status"))
    def status_chip(self, enrolment: Enrolment) -> SafeString:
        """Show the status as a chip."""
        return chip(enrolment.status, enrolment.get_status_display())


@admin.register(TrainingSession)
class TrainingSessionAdmin(OwnRowsAdmin):
    """Sessions of all series."""

    list_display = ("session_title", "series", "starts_at", "venue", "taken", "places", "kept_by")
    list_filter = ("series__audience", ("starts_at", RangeDateFilter), "agency")
    search_fields = ("title", "series__title", "venue")
    ordering = ("-starts_at",)
    autocomplete_fields = ("series",)
    fields = (
        *("series", "title", ("starts_at", "ends_at"), "venue", "online_link", "places"),
        *("host", ("excursion", "excursion_en")),
    )
    inlines = (EnrolmentInline,)
    actions_detail = ("enrol", "attendance", "cancel_session")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return sessions with what the list and their names show."""
        return super().get_queryset(request).select_related("series", "agency", "taken_places")

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """Ask for host town and excursion where the agency has a network of towns."""
        has_network = Twinning.objects.filter(agency_id=current_agency_id()).exists()
        return self.fields if has_network else self.fields[:-2]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the towns of the agency's own networks."""
        if db_field.name == "host":
            kwargs["queryset"] = Twinning.objects.filter(agency_id=current_agency_id()).select_related(
                "commune", "programme"
            )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=_("title"), ordering="title")
    def session_title(self, session: TrainingSession) -> str:
        """Name the session."""
        return session.title or str(session.series)

    @admin.display(description=_("taken"))
    def taken(self, session: TrainingSession) -> int:
        """Say how many places are taken, over all agencies."""
        return session.taken_places.taken if hasattr(session, "taken_places") else 0

    def has_enrol_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may enrol people."""
        return allows(request.user, "enrolment", "add")

    @action(description=_("Enrol somebody"), url_path="enrol", icon="person_add", permissions=["enrol"])
    def enrol(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Give somebody a place, or one on the waiting list."""
        session = self._open_to_us(request, object_id)

        def do(data: dict[str, Any]) -> str:
            enrolment = services.enrol(session, data["patron"] or data["member"], by=user_of(request))
            person = enrolment.patron or enrolment.member
            if enrolment.status == Enrolment.Status.WAITING:
                return gettext("All places are taken: %(person)s is on the waiting list.") % {"person": person}
            return gettext("%(person)s has a place.") % {"person": person}

        return action_page(request, title=gettext("Enrol somebody"), form=EnrolForm, do=do, back=object_url(session))

    @action(description=_("Note attendance"), url_path="attendance", icon="how_to_reg", permissions=["enrol"])
    def attendance(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Note who took part."""
        session = self._open_to_us(request, object_id)

        def do(data: dict[str, Any]) -> str:
            present = {enrolment.pk for enrolment in data["present"]}
            count = services.note_attendance(session, by=user_of(request), present=present)
            return ngettext("%(count)d person took part.", "%(count)d people took part.", count) % {"count": count}

        form = cast(type[forms.Form], partial(AttendanceForm, session=session))
        return action_page(request, title=gettext("Note attendance"), form=form, do=do, back=object_url(session))

    def has_cancel_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may call sessions off."""
        return allows(request.user, "trainingsession", "cancel")

    @action(description=_("Call off"), url_path="cancel", icon="event_busy", permissions=["cancel"])
    def cancel_session(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Cancel a session of our own agency and tell everybody."""
        session = self._open_to_us(request, object_id)
        if session.agency_id != current_agency_id():
            raise Http404

        def do(data: dict[str, Any]) -> str:
            count = services.cancel_session(session, by=user_of(request), reason=data["reason"])
            return ngettext("%(count)d person is told.", "%(count)d people are told.", count) % {"count": count}

        return action_page(request, title=gettext("Call off"), form=CallOffForm, do=do, back=object_url(session))

    def _open_to_us(self, request: HttpRequest, object_id: int) -> TrainingSession:
        """Return a session of our own agency, or one to which all agencies send people."""
        session: TrainingSession = found(self, request, object_id)
        if session.agency_id != current_agency_id() and not session.series.across_agencies:
            raise Http404
        return session


class ComingFilter(admin.SimpleListFilter):
    """Sessions to come, or those that were held."""

    title = _("session")
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the two choices."""
        return [("coming", _("to come")), ("held", _("held"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow the list."""
        now = timezone.now()
        if self.value() == "coming":
            return queryset.filter(session__starts_at__gt=now)
        return queryset.filter(session__starts_at__lte=now) if self.value() == "held" else queryset


@admin.register(Enrolment)
class EnrolmentAdmin(DeskAdmin):
    """Who takes part in what."""

    list_display = ("person", "session", "status_chip", "created_at")
    list_filter = ("status", ComingFilter)
    search_fields = ("patron__sort_name", "member__name", "session__title", "session__series__title")
    list_select_related = ("patron", "member", "session__series")
    ordering = ("-created_at",)
    fields = ("person", "session", "status_chip", "created_at", "life_cycle")
    readonly_fields = ("person", "session", "status_chip", "created_at", "life_cycle")
    actions_detail = ("cancel",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """People are enrolled on the page of the session."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Enrolments are moved by actions."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Enrolments are cancelled, not deleted."""
        return False

    def has_work_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may move enrolments."""
        return allows(request.user, "enrolment", "change")

    @admin.display(description=_("person"), ordering="patron__sort_name")
    def person(self, enrolment: Enrolment) -> str:
        """Name the person."""
        return _name(enrolment)

    @action(description=_("Cancel the place"), url_path="cancel", icon="close", permissions=["work"])
    def cancel(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Cancel an enrolment."""
        enrolment = found(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            services.cancel(enrolment, by=user_of(request), reason=data["reason"])
            return gettext("The place is free again.")

        return action_page(
            request, title=gettext("Cancel the place"), form=CancelForm, do=do, back=object_url(enrolment)
        )


def _name(enrolment: Enrolment) -> str:
    """Name the person who is enrolled."""
    return str(enrolment.patron or enrolment.member)
