"""Appointment days on the desk: who has a place, one click that appoints all, one PDF to print, one mail to each."""

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateFilter
from unfold.dataclasses import UnfoldAction
from unfold.decorators import action

from agencies.desk import DeskAdmin, DeskForm, NothingForm, ReadOnlyInline, action_page, chip, object_url, once
from agencies.models import Programme, User
from agencies.permissions import allows
from deadlines.models import Job
from klikks.names import clean_line
from klikks.tenancy import current_agency_id
from patrons import appointment_days
from patrons.models import AppointmentDay, DayPlace, Patron
from reports import services
from reports.models import Document


class DayForm(DeskForm):
    """When, where, and who signs."""

    class Meta:
        model = AppointmentDay
        fields = ("programme", "on", "place", "signed_by", "signed_function")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "programme" in self.fields:
            ours = Programme.objects.filter(participations__agency=current_agency_id(), kind="volunteers")
            cast(forms.ModelChoiceField, self.fields["programme"]).queryset = ours

    def clean_signed_by(self) -> str:
        """Refuse what cannot be printed."""
        return clean_line(self.cleaned_data["signed_by"])

    def clean_place(self) -> str:
        """Refuse what cannot be printed."""
        return clean_line(self.cleaned_data["place"])


class MatchedPatrons(forms.ModelMultipleChoiceField):
    """Patrons by name and municipality."""

    def label_from_instance(self, obj: Model) -> str:
        """Name person and municipality."""
        patron = cast(Patron, obj)
        return f"{patron.last_name}, {patron.first_name} – {patron.matched_commune}"


class AddForm(forms.Form):
    """Matched patrons who have no place on the day yet."""

    patrons = MatchedPatrons(Patron.objects.none(), label=_("climate patrons"), widget=forms.CheckboxSelectMultiple)

    day: AppointmentDay

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        there = DayPlace.objects.filter(day=self.day).values("patron")
        matched = Patron.objects.filter(status=Patron.Status.MATCHED, programme=self.day.programme_id)
        field = cast(forms.ModelMultipleChoiceField, self.fields["patrons"])
        field.queryset = matched.exclude(pk__in=there).select_related("matched_commune")
        field.initial = [patron.pk for patron in field.queryset]
        if not field.initial:
            field.help_text = gettext("At present nobody who is matched to a municipality is without a place.")


class TakeOffForm(forms.Form):
    """Somebody who shall not be appointed on this day."""

    place = forms.ModelChoiceField(DayPlace.objects.none(), label=_("climate patron"))

    day: AppointmentDay

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = DayPlace.objects.filter(day=self.day, appointment__isnull=True)
        cast(forms.ModelChoiceField, self.fields["place"]).queryset = places.select_related("patron", "commune")


class PlaceInline(ReadOnlyInline):
    """Who has a place, and what became of it."""

    model = DayPlace
    hide_title = True
    fields = readonly_fields = ("person", "commune", "outcome")
    verbose_name_plural = _("climate patrons of this day")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return places with their people."""
        return super().get_queryset(request).select_related("patron", "commune", "appointment")

    @admin.display(description=_("climate patron"))
    def person(self, place: DayPlace) -> SafeString:
        """Link to the patron."""
        return format_html('<a href="{}">{}</a>', object_url(place.patron), place.patron)

    @admin.display(description=_("status"))
    def outcome(self, place: DayPlace) -> SafeString:
        """Say whether the patron is appointed, waits, or why it was not possible."""
        if place.appointment is not None:
            if place.appointment.certificate_mailed_at:
                return chip("appointed", gettext("appointed, certificate mailed"))
            return chip("appointed", gettext("appointed"))
        if place.problem:
            return format_html("{} {}", chip("failed", gettext("not appointed")), place.problem)
        return chip("planned", gettext("planned"))


@admin.register(AppointmentDay)
class AppointmentDayAdmin(DeskAdmin):
    """Days on which several patrons are appointed together."""

    form = DayForm
    list_display = ("on", "place", "signed_by", "people", "appointed")
    list_display_links = ("on", "place")
    list_filter = (("on", RangeDateFilter),)
    search_fields = ("place", "signed_by")
    search_help_text = _("Place or who signs")
    ordering = ("-on", "-pk")
    fields = ("programme", ("on", "place"), ("signed_by", "signed_function"), "papers")
    readonly_fields = ("papers",)
    actions = None
    actions_detail = ("hold", "add_people", "mail", "take_off")
    export_columns = ("on", "place", "signed_by", "signed_function", "programme", "people", "appointed")

    def has_hold_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may appoint."""
        return self._allows(request, "hold")

    def has_people_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may give people places."""
        return allows(request.user, "dayplace", "add")

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nobody changes a day on which somebody was appointed: it stands on certificates."""
        return not getattr(obj, "appointed_count", 0) and super().has_change_permission(request, obj)

    def get_inlines(self, request: HttpRequest, obj: Any) -> tuple[type[PlaceInline], ...]:
        """Ask for the people once the day is there."""
        return (PlaceInline,) if obj else ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[AppointmentDay]:
        """Count the people of each day."""
        return (
            super()
            .get_queryset(request)
            .select_related("programme")
            .annotate(
                people_count=Count("places"),
                appointed_count=Count("places", filter=Q(places__appointment__isnull=False)),
            )
        )

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[UnfoldAction]:
        """Offer mailing once somebody is appointed, and appointing as long as somebody waits."""
        offered = super().get_actions_detail(request, object_id)
        places = DayPlace.objects.filter(day=object_id)
        wanted = {"add_people"}
        if places.filter(appointment__isnull=True).exists():
            wanted |= {"hold", "take_off"}
        if places.filter(appointment__isnull=False, appointment__certificate_mailed_at__isnull=True).exists():
            wanted |= {"mail"}
        return [found for found in offered if found.action_name.removeprefix("patrons_appointmentday_") in wanted]

    @admin.display(description=_("climate patrons"))
    def people(self, day: Any) -> int:
        """Say how many have a place."""
        return int(day.people_count)

    @admin.display(description=_("of them appointed"))
    def appointed(self, day: Any) -> int:
        """Say how many are appointed."""
        return int(day.appointed_count)

    @admin.display(description=_("certificates"))
    @once
    def papers(self, day: AppointmentDay) -> SafeString | str:
        """Link to what is to be printed, and to a job that is at work or has failed."""
        about = {"subject_type": ContentType.objects.get_for_model(AppointmentDay), "subject_id": day.pk}
        documents = [
            (reverse("reports:download", args=[document.pk]), document.title)
            for document in Document.objects.filter(**about)
        ]
        jobs = [
            (reverse("deadlines:job", args=[job.key]), f"{job.get_status_display()}, {job.progress} %")
            for job in Job.objects.filter(**about).exclude(status=Job.Status.DONE)
        ]
        rows = format_html_join("", '<a class="block" href="{}">{}</a>', documents + jobs)
        return rows or gettext("They are made when the day's patrons are appointed.")

    @action(description=_("Appoint everybody"), url_path="hold", permissions=["hold"], icon="workspace_premium")
    def hold(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Appoint all who have a place, in the background, and show how far it is."""
        day = self._day(request, object_id)
        ordered: list[Job] = []

        def do(_data: dict[str, Any]) -> str:
            ordered.append(appointment_days.order_day(day, by=cast(User, request.user)))
            return gettext("The patrons are being appointed and their certificates made.")

        waiting = DayPlace.objects.filter(day=day, appointment__isnull=True).count()
        page = action_page(
            request,
            title=gettext("Appoint everybody on %(day)s") % {"day": day},
            form=NothingForm,
            do=do,
            back=object_url(day),
            submit=gettext("Appoint everybody"),
            intro=ngettext(
                "%(count)d person gets an account and a welcome mail, and the certificates become one PDF to print.",
                "%(count)d people get accounts and welcome mails, and the certificates become one PDF to print.",
                waiting,
            )
            % {"count": waiting}
            + " "
            + gettext(
                "Who cannot be appointed is listed with the reason. This cannot be undone, only revoked one by one."
            ),
        )
        return redirect("deadlines:job", key=ordered[0].key) if ordered else page

    @action(description=_("Add patrons"), url_path="add-people", permissions=["people"], icon="group_add")
    def add_people(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Give matched patrons a place."""
        day = self._day(request, object_id)

        def do(data: dict[str, Any]) -> str:
            count = appointment_days.add_to_day(day, list(data["patrons"]), by=cast(User, request.user))
            return ngettext("%(count)d person is new.", "%(count)d people are new.", count) % {"count": count}

        return action_page(
            request,
            title=gettext("Add patrons to %(day)s") % {"day": day},
            form=type("AddForm", (AddForm,), {"day": day}),
            do=do,
            back=object_url(day),
            submit=gettext("Add patrons"),
            intro=gettext("These people are matched to a municipality and have no place on this day yet."),
        )

    @action(description=_("Take somebody off"), url_path="take-off", permissions=["people"], icon="person_remove")
    def take_off(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take somebody off the day who is not appointed yet."""
        day = self._day(request, object_id)

        def do(data: dict[str, Any]) -> str:
            appointment_days.take_off_day(data["place"], by=cast(User, request.user))
            return gettext("%(person)s is not on this day any more.") % {"person": data["place"].patron}

        return action_page(
            request,
            title=gettext("Take somebody off"),
            form=type("TakeOffForm", (TakeOffForm,), {"day": day}),
            do=do,
            back=object_url(day),
        )

    @action(description=_("Mail the certificates"), url_path="mail", permissions=["hold"], icon="forward_to_inbox")
    def mail(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Mail each patron the own certificate, once."""
        day = self._day(request, object_id)

        def do(_data: dict[str, Any]) -> str:
            count = services.mail_day(day, by=cast(User, request.user))
            if not count:
                return gettext("No certificate left: all were mailed before, or are still being made.")
            return ngettext(
                "%(count)d certificate is on its way.", "%(count)d certificates are on their way.", count
            ) % {"count": count}

        return action_page(
            request,
            title=gettext("Mail the certificates of %(day)s") % {"day": day},
            form=NothingForm,
            do=do,
            back=object_url(day),
            submit=gettext("Mail the certificates"),
            intro=gettext("Each patron gets the own certificate as an attachment. Who had it before gets nothing."),
        )

    def _day(self, request: HttpRequest, object_id: str) -> AppointmentDay:
        day = self.get_object(request, object_id)
        if day is None:
            raise Http404
        return cast(AppointmentDay, day)
