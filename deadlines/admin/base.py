"""What the pages of this room on the staff desk share."""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet, Value
from django.forms import model_to_dict
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter, RangeDateFilter
from unfold.widgets import UnfoldAdminSelectWidget

from agencies.desk import DeskAdmin, ReadOnlyAdmin, action_page, chip, object_url, safe_next
from agencies.models import Membership, User
from agencies.models.accounts import Role
from deadlines.forms import PersonField
from deadlines.models import Deadline, Task
from deadlines.selectors import desk_path, subject_kind
from deadlines.views import reader

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
        if db_field.name not in {"owner", "stand_in"}:
            return super().formfield_for_foreignkey(db_field, request, **kwargs)
        return PersonField(
            label=capfirst(db_field.verbose_name),
            help_text=db_field.help_text,
            required=False,
            widget=UnfoldAdminSelectWidget(),
        )

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Suggest that the reader takes the new row."""
        return {"owner": request.user.pk, **super().get_changeform_initial_data(request)}

    def _page(self, request: HttpRequest, object_id: str, **action: Any) -> HttpResponse:
        """Ask before acting on one row; `do` gets the row and what was typed."""
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        do = action.pop("do")
        initial = model_to_dict(row, fields=action["form"].base_fields) | {"seen": row.due_on}
        back = safe_next(request) or object_url(row)
        return action_page(request, do=partial(do, row), back=back, intro=str(row), initial=initial, **action)


class WrittenByItselfAdmin(AboutMixin, ReadOnlyAdmin):
    """What the portal itself writes: staff read it."""

    export_columns = ()
