"""The queues of the work list: what is new, waits for us, waits for them, is overdue, and whose it is."""

from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib.admin.views.main import ORDER_VAR
from django.http import HttpRequest
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter

from agencies.desk import DeskList
from communes.models import Registration
from communes.work_list import OPEN_QUEUES, QUEUES, count_queues

WHOSE = {"": _("everybody's"), "mine": _("mine"), "nobody": _("nobody's")}


@dataclass(frozen=True)
class Tab:
    """A choice above the list: what it shows, how many rows that are (None: not counted), and its address."""

    title: str
    count: int | None
    address: str
    is_chosen: bool
    is_urgent: bool = False


class StateFilter(DropdownFilter):
    """Shows what is open unless something else is asked for."""

    title = _("status")
    parameter_name = "state"
    all_option: ClassVar = ["", _("all open ones")]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the other choices: queues first, then each single state."""
        queues = [(name, queue.title) for name, queue in QUEUES.items() if name]
        return [*queues, *((value, label) for value, label in Registration.Status.choices if value not in QUEUES)]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Narrow the list to the chosen queue or state."""
        queue = QUEUES.get(self.value() or "")
        return queryset.filter(queue.condition()) if queue else queryset.filter(status=self.value())


class WhoseFilter(DropdownFilter):
    """Narrows the list to what the reader looks after, or to what nobody does."""

    title = _("looked after by")
    parameter_name = "whose"
    all_option: ClassVar = ["", WHOSE[""]]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the other choices."""
        return [(value, label) for value, label in WHOSE.items() if value]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Narrow the list."""
        return of_whom(queryset, self.value() or "", request)


class WorkList(DeskList):
    """The list of registrations with its queues as tabs, each with its count."""

    def get_ordering(self, request: HttpRequest, queryset: Any) -> list[str]:
        """Show work in the order in which it came, unless a column was chosen; what is decided from the newest on."""
        is_work = self.params.get("state", "") in OPEN_QUEUES
        if is_work and not self.params.get(ORDER_VAR):
            return ["since", "pk"]
        return super().get_ordering(request, queryset)

    def get_results(self, request: HttpRequest) -> None:
        """Count the queues along with the rows."""
        super().get_results(request)
        chosen, whose = self.params.get("state", ""), self.params.get("whose", "")
        counts = count_queues(of_whom(self.root_queryset, whose, request))
        self.tabs = [
            Tab(
                title=str(queue.title),
                count=counts.get(name),
                address=self._address(state=name),
                is_chosen=name == chosen,
                is_urgent=name == "overdue" and bool(counts.get(name)),
            )
            for name, queue in QUEUES.items()
        ]
        self.people = [
            Tab(title=str(title), count=None, address=self._address(whose=value), is_chosen=value == whose)
            for value, title in WHOSE.items()
        ]
        self.about = str(QUEUES[chosen].about) if chosen in QUEUES else _t("Registrations in one state.")

    def _address(self, **chosen: str) -> str:
        """Return the list's address with a choice made; page one."""
        return self.get_query_string({name: value or None for name, value in chosen.items()}, remove=["p"])


def of_whom(queryset: Any, whose: str, request: HttpRequest) -> Any:
    """Narrow registrations to those of the reader, or of nobody."""
    if whose == "mine":
        return queryset.filter(assigned_to__user=request.user)
    if whose == "nobody":
        return queryset.filter(assigned_to__isnull=True)
    return queryset
