"""What belongs to a session, as tables on its page: dates, materials, programme, exercises, results, and people."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline, TabularInline

from agencies.desk import ReadOnlyInline, chip
from agencies.permissions import ADD, CHANGE, DELETE, VIEW, allows
from klikks.tenancy import current_agency_id
from trainings.admin.forms import MaterialForm
from trainings.models import (
    Attendee,
    CoachingResult,
    Enrolment,
    Exercise,
    FurtherDate,
    Slot,
    SlotPlace,
    TrainingMaterial,
)


class OwnPart:
    """Rights of a table on a session's page: all staff read it, the session's agency changes it."""

    extra = 0
    hide_title = True
    model: Any

    def _may(self, request: HttpRequest, action: str, session: Model | None) -> bool:
        return allows(request.user, self.model._meta.model_name, action, session)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whether the role may read it."""
        return self._may(request, VIEW, None)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whether the role may add to its own agency's session."""
        return self._may(request, ADD, obj)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whether the role may change its own agency's session."""
        return self._may(request, CHANGE, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whether the role may take away from its own agency's session."""
        return self._may(request, DELETE, obj)


class DateFormSet(BaseInlineFormSet):
    """Further dates of a session; one that has come stays, because of what was noted about it."""

    def clean(self) -> None:
        """Refuse to take away a date whose day has come, whichever agency has noted something."""
        super().clean()
        for form in self.deleted_forms:
            starts_at = form.initial.get("starts_at")  # not what was typed into the line as well
            if starts_at and timezone.localdate(starts_at) <= timezone.localdate():
                raise ValidationError(
                    gettext("The date on %(day)s was held or is being held, so that it cannot be taken away.")
                    % {"day": date_format(timezone.localtime(starts_at), "DATE_FORMAT")}
                )


class DateInline(OwnPart, TabularInline):
    """Further dates of a session that takes several days or evenings."""

    model = FurtherDate
    formset = DateFormSet
    fields = ("starts_at", "ends_at", "what")


class MaterialInline(OwnPart, TabularInline):
    """Files and links for those who take part."""

    model = TrainingMaterial
    form = MaterialForm
    fields = ("when", "title", "file", "link", "stored")
    readonly_fields = ("stored",)

    @admin.display(description=_("stored file"))
    def stored(self, material: TrainingMaterial) -> str | SafeString:
        """Lead to the file."""
        if not (material.pk and material.file):
            return "–"
        return format_html(
            '<a class="desk-link" href="{}">{}</a>',
            reverse("trainings:desk_material", args=[material.pk]),
            str(material.file).rsplit("/", maxsplit=1)[-1],
        )


class SlotFormSet(BaseInlineFormSet):
    """The programme of a conference; what somebody has chosen stays."""

    def clean(self) -> None:
        """Refuse to take away a slot that people have chosen, whichever agency they belong to."""
        super().clean()
        for form in self.deleted_forms:
            if form.instance.pk and SlotPlace.objects.filter(slot=form.instance.pk).exists():
                raise ValidationError(
                    gettext(
                        "“%(slot)s” was chosen by people, so that it cannot be taken away. Please change it instead."
                    )
                    % {"slot": form.instance}
                )


class SlotInline(OwnPart, StackedInline):
    """The programme of a conference."""

    model = Slot
    formset = SlotFormSet
    collapsible = True
    fields = (
        "kind",
        "title",
        "title_en",
        "starts_at",
        "ends_at",
        ("room", "room_en"),
        "speaker",
        ("is_chosen", "places"),
    )


class ExerciseInline(OwnPart, StackedInline):
    """What a coaching practises."""

    model = Exercise
    collapsible = True
    fields = (("position", "kind", "minutes"), "title", "task", "roles")


class ResultInline(OwnPart, TabularInline):
    """What a coaching has agreed."""

    model = CoachingResult
    fields = ("phase", "title", "days")


class ReadOnlyPeople(ReadOnlyInline):
    """People, to read; actions move them."""

    hide_title = True

    @admin.display(description=_("status"))
    def status_chip(self, row: Any) -> SafeString:
        """Show the status as a chip."""
        return chip(row.status, row.get_status_display())


class EnrolmentInline(ReadOnlyPeople):
    """Who of the own agency takes part."""

    model = Enrolment
    fields = readonly_fields = ("person", "status_chip", "answer_by", "created_at")
    show_change_link = True
    verbose_name_plural = _("participants of our agency")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return enrolments with their people."""
        return super().get_queryset(request).select_related("patron", "member", "guest", "session__series")

    @admin.display(description=_("person"))
    def person(self, enrolment: Enrolment) -> str:
        """Name the person."""
        return str(enrolment.person)


class AttendeeInline(ReadOnlyPeople):
    """Other agencies' people with a place, around the day: what an organiser needs at the door."""

    model = Attendee
    fields = readonly_fields = ("name", "agency_name", "status_chip")
    verbose_name_plural = _("participants of other agencies, shown around the day")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Leave out the own people, who stand in their own table."""
        return super().get_queryset(request).exclude(agency_id=current_agency_id())
