"""Enrolments on the desk: who takes part in what, and moving or cancelling a place for somebody."""

from functools import partial
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from agencies.desk import NothingForm, ReadOnlyAdmin, action_page, object_url, two_lines
from agencies.permissions import allows, user_of
from projects.admin.base import found
from trainings import services
from trainings.admin.forms import CancelForm, OtherDateForm
from trainings.models import Enrolment, SlotChoice


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
class EnrolmentAdmin(ReadOnlyAdmin):
    """Who takes part in what. People are enrolled on the page of the session."""

    list_display = ("person", "session", "status_chip", "answer_by", "created_at")
    list_filter = ("status", ComingFilter)
    search_fields = ("patron__sort_name", "member__name", "guest__name", "session__title", "session__series__title")
    list_select_related = ("patron", "member", "guest", "session__series")
    ordering = ("-created_at",)
    fields = readonly_fields = (
        *("person", "address", "session", "status_chip", "answer_by", "chosen", "created_at", "life_cycle"),
    )
    actions_detail = ("take_offer", "move", "cancel")

    def has_work_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may move enrolments."""
        return allows(request.user, "enrolment", "change")

    @admin.display(description=_("person"), ordering="patron__sort_name")
    def person(self, enrolment: Enrolment) -> SafeString:
        """Name the person, and where a guest comes from."""
        return two_lines(str(enrolment.person), enrolment.guest.organisation if enrolment.guest else "")

    @admin.display(description=_("e-mail"))
    def address(self, enrolment: Enrolment) -> str:
        """Name the address at which the person is told."""
        return enrolment.email

    @admin.display(description=_("chosen"))
    def chosen(self, enrolment: Enrolment) -> str:
        """Name the slots the person has chosen, and those for which the person waits."""
        return ", ".join(map(_named, enrolment.choices.select_related("slot"))) or "–"

    @action(description=_("Takes the offered place"), url_path="accept", icon="check", permissions=["work"])
    def take_offer(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Note that somebody has said yes, for example by phone."""
        enrolment = found(self, request, object_id)

        def do(_data: dict[str, Any]) -> str:
            services.accept(enrolment, by=user_of(request))
            return gettext("%(person)s has a place.") % {"person": enrolment.person}

        return _ask(request, gettext("Takes the offered place"), NothingForm, do, enrolment)

    @action(description=_("Move to another date"), url_path="move", icon="event_repeat", permissions=["work"])
    def move(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Give somebody a place on another date of the series."""
        enrolment = found(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            moved = services.move(enrolment, data["to"], by=user_of(request))
            return gettext("%(person)s is moved to “%(session)s”.") % {
                "person": moved.person,
                "session": moved.session,
            }

        form = cast(type[forms.Form], partial(OtherDateForm, session=enrolment.session))
        return _ask(request, gettext("Move to another date"), form, do, enrolment)

    @action(description=_("Cancel the place"), url_path="cancel", icon="close", permissions=["work"])
    def cancel(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Cancel an enrolment."""
        enrolment = found(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            services.cancel(enrolment, by=user_of(request), reason=data["reason"])
            return gettext("The place is free again.")

        return _ask(request, gettext("Cancel the place"), CancelForm, do, enrolment)


def _named(choice: SlotChoice) -> str:
    if choice.status == SlotChoice.Status.CHOSEN:
        return str(choice.slot)
    return f"{choice.slot} ({choice.get_status_display()})"


def _ask(request: HttpRequest, title: str, form: type[forms.Form], do: Any, enrolment: Model) -> HttpResponse:
    return action_page(request, title=title, form=form, do=do, back=object_url(enrolment))
