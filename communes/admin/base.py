"""What the desk pages of this room share."""

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.dataclasses import UnfoldAction

from agencies.desk import DeskAdmin, action_page, object_url
from agencies.models import Membership, User
from communes import access
from communes.admin.forms import AccessForm, managers
from communes.models import Commune


class LifeCycleAdmin(DeskAdmin):
    """Objects that move by actions: only the actions that their state allows are offered.

    `action_targets` maps an action to the states it may lead to. An action that is not offered any more still answers:
    whoever had the page open for long is told who decided meanwhile.
    """

    action_targets: dict[str, set[str]] = {}
    list_select_related: tuple[str, ...] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows with what the list and the page name."""
        return super().get_queryset(request).select_related(*self.list_select_related)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """Return the object; the actions and the page ask for the same one."""
        found = getattr(request, "_desk_object", None)
        if found is None:
            found = super().get_object(request, object_id, from_field)
            request._desk_object = found  # type: ignore[attr-defined]
        return found

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer only those who may look after municipalities."""
        if db_field.related_model is Membership:
            kwargs["queryset"] = managers()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_actions_detail(self, request: HttpRequest, object_id: int) -> list[UnfoldAction]:
        """Return the actions that are possible now."""
        found: Any = self.get_object(request, str(object_id))
        prefix = f"{self.opts.app_label}_{self.opts.model_name}_"
        return [
            action
            for action in super().get_actions_detail(request, object_id)
            if found is not None and self.is_offered(action.action_name.removeprefix(prefix), found)
        ]

    def is_offered(self, name: str, obj: Any) -> bool:
        """Whether an action makes sense for the object as it is now."""
        targets = self.action_targets.get(name)
        return targets is None or any(obj.may_move_to(target) for target in targets)

    @admin.display(description=_("programme"), ordering="programme")
    def short_programme(self, obj: Any) -> str:
        """Show the programme's name without its explanation."""
        return str(obj.programme).partition(" – ")[0]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """What has a life cycle ends; it is not deleted."""
        return False


def linked(instance: Model, text: object = None) -> SafeString:
    """Return a link to an object's page on the desk."""
    return format_html('<a href="{}">{}</a>', object_url(instance), text or instance)


def found_or_404(model_admin: DeskAdmin, request: HttpRequest, object_id: int | str) -> Any:
    """Return the object of an action's address, or answer "404 not found"."""
    found = model_admin.get_object(request, str(object_id))
    if found is None:
        raise Http404
    return found


def acting(request: HttpRequest) -> User:
    """Return who is signed in; the desk lets nobody else in."""
    return cast(User, request.user)


def ask_and_do(
    request: HttpRequest,
    subject: Model,
    title: str,
    form: type[forms.Form],
    do: Callable[[dict[str, Any]], str],
    **more: Any,
) -> HttpResponse:
    """Answer an action about an object: ask for a few words, do it, and go back to the object's page."""
    return action_page(request, title=title, form=form, do=do, back=object_url(subject), **more)


def ask_for_access(
    request: HttpRequest, subject: Model, commune: Commune, person: tuple[str, str] | None
) -> HttpResponse:
    """Answer the action that gives a person access to a municipality's pages; `person` is suggested (name, address)."""

    def do(data: dict[str, Any]) -> str:
        invited = access.grant(commune, by=acting(request), **data)
        return _t("The invitation to %(name)s is on its way.") % {"name": invited.name}

    return ask_and_do(
        request,
        subject,
        _t("Give access to the pages of %(commune)s") % {"commune": commune},
        AccessForm,
        do,
        initial={"name": person[0], "email": person[1]} if person else None,
        submit=_t("Send the invitation"),
        intro=_t("The person signs in by code and sees partnership, patrons, projects and documents of the place."),
    )
