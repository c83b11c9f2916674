"""Patrons on the desk: the list, and the steps from interest to farewell."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, F, Func, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html_join
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter, RangeDateFilter, TextFilter
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action

from agencies.desk import DeskAdmin, NothingForm, action_page, object_url, once
from agencies.models import Topic
from agencies.permissions import permission_required
from communes.models import Commune, searchable
from patrons import consents, services
from patrons.admin.base import acting, right
from patrons.admin.fitting import SHOWN, communes_offered, fitting_view
from patrons.admin.forms import AppointForm, FarewellForm, MatchForm, NoteForm, PatronForm, ReasonForm
from patrons.admin.joining import doubles_list, join_page
from patrons.matching import suggest_communes
from patrons.models import Activity, Appointment, Patron

Status = Patron.Status
# Which action leads to which status; an action is offered only where the life cycle leads there.
LEADS_TO: dict[str, str] = {
    "hold_talk": Status.TALK_HELD,
    "match": Status.MATCHED,
    "unmatch": Status.TALK_HELD,
    "appoint": Status.APPOINTED,
    "pause": Status.PAUSING,
    "resume": Status.ACTIVE,
    "farewell": Status.FAREWELL,
    "withdraw": Status.WITHDRAWN,
}


class IsOneOf(Func):
    """Whether a value is one of those of an array."""

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()


class TopicFilter(DropdownFilter):
    """Patrons whom a topic interests."""

    title = _("topic")
    parameter_name = "topic"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Offer all topics."""
        return [(topic.pk, str(topic)) for topic in Topic.objects.all()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Patron]) -> QuerySet[Patron]:
        """Narrow the list."""
        return queryset.filter(topics__contains=[self.value()]) if self.value() else queryset


class MunicipalityFilter(TextFilter):
    """Patrons who live or serve in a municipality, found by the beginning of its name."""

    title = _("municipality")
    parameter_name = "municipality"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Patron]) -> QuerySet[Patron]:
        """Narrow the list."""
        typed = searchable(self.value() or "")
        if not typed:
            return queryset
        serves = Appointment.objects.open().filter(commune__search_name__startswith=typed).values("patron")
        return queryset.filter(Q(home__search_name__startswith=typed) | Q(pk__in=serves))


@admin.register(Patron)
class PatronAdmin(DeskAdmin):
    """Patrons: whom we wait for, who waits for us, who serves where."""

    form = PatronForm
    list_display = ("full_name", "status_chip", "home", "serves_in", "topic_names", "hours_a_month", "received")
    export_columns = (
        "last_name",
        "first_name",
        "email",
        "phone",
        "status_chip",
        "programme",
        "home",
        "serves_in",
        "topic_names",
        "hours_a_month",
        "reach_km",
        "received_at",
        "confirmed_at",
    )
    list_display_links = ("full_name",)
    list_filter = (("status", ChoicesDropdownFilter), TopicFilter, MunicipalityFilter, ("received_at", RangeDateFilter))
    search_fields = ("sort_name", "first_name", "last_name", "email")
    search_help_text = _("Name or e-mail")
    autocomplete_fields = ("home",)
    readonly_fields = (
        "status_chip",
        "matched_commune",
        "received_at",
        "confirmed_at",
        "consented_at",
        "account",
        "appointments_list",
        "hours_in_all",
        "known_above",
        "doubles",
        "life_cycle",
    )
    fieldsets = (
        (None, {"fields": ("status_chip", "matched_commune", "appointments_list", "life_cycle")}),
        (_("person"), {"fields": ("first_name", "last_name", "email", "phone", "home", "language", "account")}),
        (
            _("wishes"),
            {"fields": ("programme", "topics", "skills", "hours_a_month", "reach_km", "languages", "motivation")},
        ),
        (_("consents"), {"fields": ("consented_at", "may_be_introduced", "wants_news")}),
        (_("so far"), {"fields": ("hours_in_all", "known_above", "received_at", "confirmed_at", "doubles")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "fields": ("programme", "first_name", "last_name", "email", "phone", "home", "language"),
                "description": _("Please add only people who have agreed that you note their details."),
            },
        ),
        (_("wishes"), {"fields": ("topics", "skills", "hours_a_month", "reach_km", "languages", "motivation")}),
    )
    actions_detail = (
        "hold_talk",
        "match",
        "appoint",
        "resume",
        "give_access",
        {"title": _("more"), "items": ["unmatch", "renew", "pause", "farewell", "withdraw", "join"]},
    )

    has_talk_permission = right("talk")
    has_match_permission = right("match")
    has_appoint_permission = right("appoint")
    has_pause_permission = right("pause")
    has_farewell_permission = right("farewell")
    has_merge_permission = right("merge")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Patron]:
        """Return patrons with their topics and municipalities by name; the page of one gets more."""
        name = "name_en" if get_language() == "en" else "name"
        topics = Topic.objects.filter(IsOneOf("slug", OuterRef("topics")))
        in_office = Appointment.objects.open().filter(patron=OuterRef("pk"))
        patrons = (
            super()
            .get_queryset(request)
            .annotate(
                named_topics=ArraySubquery(topics.values(name)),
                served=ArraySubquery(in_office.values("commune__name")),
                planned=F("matched_commune__name"),
            )
            .select_related("home")
        )
        if request.resolver_match and str(request.resolver_match.url_name).endswith("_changelist"):
            return patrons
        hours = Activity.objects.filter(patron=OuterRef("pk")).order_by().values("patron")
        logged = Subquery(hours.annotate(sum=Sum("hours")).values("sum"))
        appointments = Prefetch("appointments", Appointment.objects.select_related("commune"))
        whole = patrons.annotate(hours_logged=logged).select_related(
            "programme", "matched_commune", "user", "merged_into"
        )
        return whole.prefetch_related(appointments)

    def get_urls(self) -> list[URLPattern]:
        """Add the page that shows who fits a partner municipality."""
        fitting = self.admin_site.admin_view(permission_required("patron", "match")(fitting_view))
        return [path("fitting/<int:pk>/", fitting, name="patrons_patron_fitting"), *super().get_urls()]

    def get_fieldsets(self, request: HttpRequest, obj: Patron | None = None) -> Any:
        """Ask for less when somebody is added."""
        return self.fieldsets if obj else self.add_fieldsets

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[UnfoldAction]:
        """Offer what the life cycle allows now; patrons in office may be appointed for a further municipality."""
        allowed = super().get_actions_detail(request, object_id)
        patron = Patron.objects.only("status", "user_id").filter(pk=object_id).first() if allowed else None
        if patron is None:
            return []
        offered = {name for name, status in LEADS_TO.items() if patron.may_move_to(status)}
        offered -= {"hold_talk"} if patron.status in {Status.MATCHED, *Patron.IN_OFFICE} else {"unmatch"}
        offered -= {"unmatch"} if patron.status in Patron.IN_OFFICE else set()
        offered |= {"join"} if patron.status != Status.MERGED else set()
        offered |= {"give_access"} if patron.status in Patron.IN_OFFICE and patron.user_id is None else set()
        offered |= {"renew"} if patron.status in consents.WAITING else set()
        offered -= {"resume"} if patron.status == Status.APPOINTED else set()
        offered |= {"appoint"} if patron.status in {Status.APPOINTED, Status.ACTIVE} else set()
        prefix = f"{self.opts.app_label}_{self.opts.model_name}_"
        return [found for found in allowed if found.action_name.removeprefix(prefix) in offered]

    def save_model(self, request: HttpRequest, obj: Patron, form: forms.Form, change: bool) -> None:
        """Save; somebody who is added counts as confirmed."""
        if change:
            super().save_model(request, obj, form, change)
        else:
            services.take_down(obj, by=acting(request))

    @admin.display(description=_("name"), ordering="sort_name")
    def full_name(self, patron: Patron) -> str:
        """Show both names, sorted by the last one."""
        return f"{patron.last_name}, {patron.first_name}"

    @admin.display(description=_("serves in"))
    def serves_in(self, patron: Any) -> str:
        """Show the municipalities in which the patron is in office, or the one that is planned."""
        if patron.status == Status.MATCHED and patron.planned:
            return gettext("%(commune)s (planned)") % {"commune": patron.planned}
        return ", ".join(patron.served)

    @admin.display(description=_("received on"), ordering="received_at")
    def received(self, patron: Patron) -> str:
        """Show the day on which the interest came."""
        return date_format(timezone.localtime(patron.received_at), "SHORT_DATE_FORMAT")

    @admin.display(description=_("topics"))
    def topic_names(self, patron: Any) -> str:
        """Show the topics by name."""
        return ", ".join(sorted(patron.named_topics))

    @admin.display(description=_("account"))
    @once
    def account(self, patron: Patron) -> str:
        """Say whether the patron can sign in."""
        if patron.user is None:
            return gettext("none yet")
        return gettext("yes, signs in as %(email)s") % {"email": patron.user.email}

    @admin.display(description=_("appointments"))
    @once
    def appointments_list(self, patron: Patron) -> SafeString | str:
        """Show all appointments, each a link."""
        rows = (
            (object_url(appointment), appointment.commune, _in_force(appointment))
            for appointment in patron.appointments.all()
        )
        return format_html_join("", '<a class="block" href="{}">{}</a> {}<br>', rows) or "–"

    @admin.display(description=_("perhaps the same person"))
    @once
    def doubles(self, patron: Patron) -> SafeString | str:
        """Link to other records that may be of the same person."""
        return doubles_list(patron)

    @admin.display(description=_("volunteer hours"))
    @once
    def hours_in_all(self, patron: Any) -> str:
        """Show the sum of logged hours."""
        return number_format((patron.hours_logged or Decimal(0)).normalize())

    @admin.display(description=_("learning record"))
    @once
    def known_above(self, patron: Patron) -> SafeString | str:
        """Show what rooms above know about the patron."""
        facts = ((import_string(name)(patron),) for name in settings.PATRON_FACTS)
        return format_html_join("", "{}<br>", facts) or "–"

    @action(description=_("Talk was held"), url_path="talk", permissions=["talk"], icon="forum")
    def hold_talk(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Note the first talk."""
        return self._ask(
            request,
            object_id,
            title=gettext("Talk with %(patron)s"),
            form=NoteForm,
            do=lambda patron, data: services.hold_talk(patron, by=acting(request), note=data["note"]),
            told=gettext("The talk with %(patron)s is noted."),
            submit=gettext("Talk was held"),
        )

    @action(description=_("Match"), url_path="match", permissions=["match"], icon="join")
    def match(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Choose a municipality among suggestions, or freely."""
        patron = self._patron(request, object_id)
        suggestions = suggest_communes(patron, SHOWN)
        return self._ask(
            request,
            object_id,
            title=gettext("A municipality for %(patron)s"),
            form=MatchForm.offering(suggestions),
            do=lambda patron, data: services.match(patron, data["commune"], by=acting(request), reason=data["reason"]),
            told=gettext("%(patron)s is matched. The next step is the appointment."),
            submit=gettext("Match with the municipality typed here"),
            intro=_wishes(patron),
            template="admin/patrons/match.html",
            more={"offers": communes_offered(suggestions)},
        )

    @action(description=_("Undo the match"), url_path="unmatch", permissions=["match"])
    def unmatch(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Free a patron for another municipality."""
        return self._ask(
            request,
            object_id,
            title=gettext("Undo the match of %(patron)s"),
            form=ReasonForm,
            do=lambda patron, data: services.unmatch(patron, by=acting(request), reason=data["reason"]),
            told=gettext("The match of %(patron)s is undone."),
        )

    @action(description=_("Appoint"), url_path="appoint", permissions=["appoint"], icon="workspace_premium")
    def appoint(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Appoint officially: orders the certificate and makes the account."""
        patron = self._patron(request, object_id)
        planned = patron.matched_commune if patron.status == Status.MATCHED else None
        asked = request.GET.get("commune", "")
        if planned is None and asked.isdecimal():
            planned = Commune.objects.current().filter(pk=asked[:18]).first()
        return self._ask(
            request,
            object_id,
            title=gettext("Appoint %(patron)s"),
            form=AppointForm,
            do=lambda patron, data: services.appoint(patron, by=acting(request), **data),
            told=gettext("%(patron)s is appointed. The certificate is being made, and the welcome is on its way."),
            initial={"commune": planned, "place": planned.name if planned else ""},
            intro=gettext("The certificate is made at once, and %(email)s gets a mail with the way into the portal.")
            % {"email": patron.email},
        )

    @action(description=_("Give access"), url_path="access", permissions=["appoint"], icon="key")
    def give_access(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Make the account of somebody in office who has none, and mail how to sign in."""
        return self._ask(
            request,
            object_id,
            title=gettext("Give %(patron)s access to the portal"),
            form=NothingForm,
            do=lambda patron, data: services.give_access(patron, by=acting(request)),
            told=gettext("%(patron)s has an account now, and a mail with the way into the portal is on its way."),
            submit=gettext("Give access"),
            intro=gettext(
                "The account belongs to the address in the record. It needs no password: codes come by mail."
            ),
        )

    @action(description=_("Pause"), url_path="pause", permissions=["pause"])
    def pause(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Let a patron pause."""
        return self._ask(
            request,
            object_id,
            title=gettext("%(patron)s pauses"),
            form=ReasonForm,
            do=lambda patron, data: services.pause(patron, by=acting(request), reason=data["reason"]),
            told=gettext("%(patron)s pauses now."),
        )

    @action(description=_("Active again"), url_path="resume", permissions=["pause"], icon="play_arrow")
    def resume(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """End a pause."""
        return self._ask(
            request,
            object_id,
            title=gettext("%(patron)s is active again"),
            form=ReasonForm,
            do=lambda patron, data: services.resume(patron, by=acting(request), reason=data["reason"]),
            told=gettext("%(patron)s is active again."),
        )

    @action(description=_("Say goodbye"), url_path="farewell", permissions=["farewell"])
    def farewell(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Say goodbye: ends the appointments and closes the account."""
        return self._ask(
            request,
            object_id,
            title=gettext("Say goodbye to %(patron)s"),
            form=FarewellForm,
            do=lambda patron, data: services.farewell(patron, by=acting(request), **data),
            told=gettext("%(patron)s is said goodbye to, with our thanks by mail."),
            intro=gettext(
                "This ends all appointments today, closes the account and mails our thanks and a certificate. "
                "It cannot be undone."
            ),
        )

    @action(description=_("Consent renewed"), url_path="renew", permissions=["change"])
    def renew(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Note that somebody has told us that the consent goes on."""
        return self._ask(
            request,
            object_id,
            title=gettext("%(patron)s renews the consent"),
            form=NothingForm,
            do=lambda patron, data: consents.note_renewed(patron, by=acting(request)),
            told=gettext("The consent of %(patron)s is renewed from today."),
            submit=gettext("Consent renewed"),
            intro=gettext("Only if the person has told you so, for instance on the phone."),
        )

    @action(description=_("Join with another record"), url_path="join", permissions=["merge"])
    def join(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Join this record with another one of the same person."""
        return join_page(request, self._patron(request, object_id))

    @action(description=_("Does not go on"), url_path="withdraw", permissions=["farewell"])
    def withdraw(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Note that somebody does not want to become patron after all."""
        return self._ask(
            request,
            object_id,
            title=gettext("%(patron)s does not go on"),
            form=ReasonForm,
            do=lambda patron, data: services.withdraw(patron, by=acting(request), reason=data["reason"]),
            told=gettext("%(patron)s has withdrawn."),
        )

    def _patron(self, request: HttpRequest, object_id: str) -> Patron:
        patron = self.get_object(request, object_id)
        if patron is None:
            raise Http404
        return patron

    def _ask(
        self,
        request: HttpRequest,
        object_id: str,
        *,
        title: str,
        form: type[forms.Form],
        do: Callable[[Patron, dict[str, Any]], Any],
        told: str,
        submit: str = "",
        intro: str = "",
        initial: dict[str, Any] | None = None,
        **page: Any,
    ) -> HttpResponse:
        """Show the page of an action; in `title` and `told`, `%(patron)s` is the person."""
        patron = self._patron(request, object_id)
        words = {"patron": patron}

        def act(data: dict[str, Any]) -> str:
            do(patron, data)
            return told % words

        return action_page(
            request,
            title=title % words,
            form=form,
            do=act,
            back=object_url(patron),
            initial=initial,
            submit=submit,
            intro=intro,
            **page,
        )


def _in_force(appointment: Appointment) -> str:
    """Say from when to when an appointment lasts."""
    since = date_format(appointment.appointed_on, "SHORT_DATE_FORMAT")
    if appointment.ended_on is None:
        return gettext("since %(since)s") % {"since": since}
    if appointment.revoked_on is not None:
        return gettext("revoked on %(day)s") % {"day": date_format(appointment.revoked_on, "SHORT_DATE_FORMAT")}
    until = date_format(appointment.ended_on, "SHORT_DATE_FORMAT")
    return gettext("from %(since)s to %(until)s") % {"since": since, "until": until}


def _wishes(patron: Patron) -> str:
    """Say what a patron wishes, above the suggestions."""
    return gettext("Lives in %(home)s, would travel %(km)s km, has %(hours)s hours a month.") % {
        "home": patron.home,
        "km": patron.reach_km,
        "hours": patron.hours_a_month,
    }
