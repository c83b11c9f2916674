"""Registrations: the work list, and the decision about each."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter, RangeDateFilter, RelatedDropdownFilter
from unfold.decorators import action, display

from agencies.desk import CHIPS, days, once, two_lines
from communes import services
from communes.admin.base import LifeCycleAdmin, acting, ask_and_do, found_or_404, linked
from communes.admin.documents import OfferedDocumentInline
from communes.admin.forms import (
    AcceptForm,
    AnswerForm,
    NothingForm,
    OptionalReasonForm,
    QuestionForm,
    ReasonForm,
    SilentReasonForm,
)
from communes.models import Partnership, Registration, searchable

Status = Registration.Status
# From this many days on, a registration has waited too long.
TOO_LONG = 14


class StateFilter(DropdownFilter):
    """Shows what is open unless something else is asked for."""

    title = _("status")
    parameter_name = "state"
    all_option: ClassVar = ["", _("open")]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Return the other choices: groups first, then each single state."""
        return [("us", _("waits for us")), ("closed", _("decided")), ("all", _("all")), *Status.choices]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Narrow the list to the chosen state."""
        match self.value():
            case None | "":
                return queryset.open()
            case "us":
                return queryset.waiting_for_us()
            case "closed":
                return queryset.exclude(status__in=Registration.OPEN)
            case "all":
                return queryset
            case status:
                return queryset.filter(status=status)


@admin.register(Registration)
class RegistrationAdmin(LifeCycleAdmin):
    """Registrations of the agency's municipalities."""

    list_display = ("place", "contact_name", "status_chip", "waits", "assigned_to", "short_programme", "received_at")
    list_display_links = ("place",)
    list_filter = (
        StateFilter,
        ("assigned_to", RelatedDropdownFilter),
        ("programme", RelatedDropdownFilter),
        ("received_at", RangeDateFilter),
    )
    list_select_related = ("commune__district", "programme", "assigned_to")
    search_fields = ("commune__search_name", "contact_name", "email")
    search_help_text = _("Municipality, name or e-mail")
    export_columns = (
        "commune",
        "district",
        "status",
        "contact_name",
        "contact_function",
        "email",
        "phone",
        "programme",
        "received_at",
        "confirmed_at",
        "assigned_to",
        "message",
    )
    readonly_fields = (
        "place",
        "programme",
        "status_chip",
        "message",
        "language",
        "received_at",
        "confirmed_at",
        "consented_at",
        "question",
        "answer",
        "life_cycle",
        "others",
        "partnership",
    )
    fieldsets = (
        (
            None,
            {"fields": (("place", "programme"), ("status_chip", "assigned_to"), "message", ("others", "partnership"))},
        ),
        (_("Question and answer"), {"fields": ("question", "answer")}),
        (_("Who wrote"), {"fields": (("contact_name", "contact_function"), ("email", "phone"), "language")}),
        (_("Course so far"), {"fields": (("received_at", "confirmed_at", "consented_at"), "life_cycle")}),
    )
    inlines = (OfferedDocumentInline,)
    actions_detail = ("take_on", "accept", "ask_back", "note_answer", "put_on_waiting_list", "decline", "withdraw")
    action_targets = {
        "take_on": {Status.IN_REVIEW},
        "accept": {Status.ACCEPTED},
        "ask_back": {Status.ASKED_BACK},
        "put_on_waiting_list": {Status.WAITING_LIST},
        "decline": {Status.DECLINED},
        "withdraw": {Status.WITHDRAWN},
    }

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Municipalities register themselves."""
        return False

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[QuerySet[Any], bool]:
        """Search names of municipalities as people write them."""
        found, duplicates = super().get_search_results(request, queryset, search_term)
        if typed := searchable(search_term):
            found = found | queryset.filter(commune__search_name__contains=typed)
        return found, duplicates

    def get_fieldsets(self, request: HttpRequest, obj: Registration | None = None) -> Any:
        """Leave out the question as long as nobody has asked one."""
        fieldsets = super().get_fieldsets(request, obj)
        return fieldsets if obj is not None and obj.question else [fieldsets[0], *fieldsets[2:]]

    def is_offered(self, name: str, obj: Registration) -> bool:
        """Offer what the state allows; further interest can be taken on too."""
        if name == "take_on" and obj.status == Status.SECOND:
            return True
        if name == "take_on" and obj.status == Status.ASKED_BACK:
            return False
        if name == "note_answer":
            return obj.status == Status.ASKED_BACK
        return super().is_offered(name, obj)

    @admin.display(description=_("municipality"), ordering="commune__search_name")
    def place(self, registration: Registration) -> SafeString:
        """Show the municipality and its district."""
        return two_lines(str(registration.commune), str(registration.commune.district or ""))

    @admin.display(description=_("district"))
    def district(self, registration: Registration) -> str:
        """Show the district."""
        return str(registration.commune.district or "")

    @display(description=_("waits for"), ordering="received_at", label=CHIPS)
    def waits(self, registration: Registration) -> tuple[str, str]:
        """Show how long the municipality has waited for us, red when too long."""
        if registration.status not in Registration.WAITING_FOR_US:
            return "", ""
        since = timezone.localdate(registration.confirmed_at or registration.received_at)
        count = (timezone.localdate() - since).days
        return "overdue" if count >= TOO_LONG else "", days(count) if count else _t("today")

    @admin.display(description=_("also open"))
    @once
    def others(self, registration: Registration) -> str:
        """Say what else is open for the municipality in this programme."""
        other = Registration.objects.in_the_way(registration).first()
        partnership = services.open_partnership(registration)
        if partnership and partnership.registration_id != registration.pk:
            return f"{partnership}: {partnership.get_status_display()}"
        return f"{other}: {other.get_status_display()}" if other else ""

    @admin.display(description=_("partnership"))
    def partnership(self, registration: Registration) -> str:
        """Lead to the partnership that came of the registration."""
        found = Partnership.objects.filter(registration=registration).select_related("commune").first()
        return linked(found, found.get_status_display()) if found else ""

    def has_review_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may work on registrations."""
        return self._allows(request, "review")

    def has_accept_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may accept registrations."""
        return self._allows(request, "accept")

    def has_ask_back_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may ask municipalities."""
        return self._allows(request, "ask_back")

    def has_decline_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may decline registrations."""
        return self._allows(request, "decline")

    def has_wait_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may fill the waiting list."""
        return self._allows(request, "wait")

    @action(description=_("Take on"), url_path="take-on", icon="person_check", permissions=["review"])
    def take_on(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Begin the review; whoever does it looks after the registration."""
        registration = found_or_404(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            services.start_review(registration, by=acting(request))
            return _t("You look after this registration now.")

        return ask_and_do(request, registration, _t("Take on"), NothingForm, do)

    @action(description=_("Accept"), url_path="accept", icon="check_circle", permissions=["accept"])
    def accept(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Accept: a partnership begins."""
        registration = found_or_404(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            services.accept(registration, by=acting(request), **data)
            return _t("Accepted. The partnership now waits for the political backing; the municipality has got a mail.")

        manager = registration.assigned_to_id or getattr(acting(request).current_membership, "pk", None)
        return ask_and_do(request, registration, _t("Accept"), AcceptForm, do, initial={"manager": manager})

    @action(description=_("Ask back"), url_path="ask-back", icon="contact_support", permissions=["ask_back"])
    def ask_back(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Mail a question to the municipality."""
        registration = found_or_404(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            services.ask_back(registration, by=acting(request), question=data["question"])
            return _t("The question is on its way; we remind you in two weeks.")

        return ask_and_do(request, registration, _t("Ask back"), QuestionForm, do)

    @action(description=_("Note the answer"), url_path="answer", icon="mark_email_read", permissions=["ask_back"])
    def note_answer(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Write down what the municipality answered."""
        registration = found_or_404(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            services.note_answer(registration, by=acting(request), answer=data["answer"])
            return _t("The answer is noted; the review goes on.")

        return ask_and_do(request, registration, _t("Note the answer"), AnswerForm, do, intro=registration.question)

    @action(description=_("Waiting list"), url_path="waiting-list", icon="hourglass_top", permissions=["wait"])
    def put_on_waiting_list(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Put it on the waiting list."""
        registration = found_or_404(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            services.put_on_waiting_list(registration, by=acting(request), reason=data["reason"])
            return _t("The registration is on the waiting list; the municipality has got a mail.")

        return ask_and_do(request, registration, _t("Put on the waiting list"), OptionalReasonForm, do)

    @action(description=_("Decline"), url_path="decline", icon="block", permissions=["decline"])
    def decline(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Decline with a reason."""
        registration = found_or_404(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            services.decline(registration, by=acting(request), reason=data["reason"])
            return _t("The registration is declined; the municipality has got the reason by mail.")

        return ask_and_do(request, registration, _t("Decline"), ReasonForm, do)

    @action(description=_("Close without mail"), url_path="withdraw", icon="archive", permissions=["decline"])
    def withdraw(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Close a registration that was taken back or needs no answer."""
        registration = found_or_404(self, request, object_id)

        def do(data: dict[str, Any]) -> str:
            services.withdraw(registration, by=acting(request), reason=data["reason"])
            return _t("The registration is closed. No mail was sent.")

        return ask_and_do(request, registration, _t("Close without mail"), SilentReasonForm, do)
