"""Joining two records of one person on the desk: find the other one, compare, choose which stays, confirm once."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.desk import action_page, object_url
from patrons import merging
from patrons.admin.base import acting
from patrons.models import Appointment, Patron


class OtherForm(forms.Form):
    """The other record of the same person."""

    other = forms.ModelChoiceField(
        Patron.objects.none(),
        label=_("The other record of the same person"),
        widget=AutocompleteSelect(Appointment._meta.get_field("patron"), admin.site),
        help_text=_("Search by name or e-mail."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["other"].queryset = Patron.objects.exclude(status=Patron.Status.MERGED)  # type: ignore[attr-defined]


class KeepForm(forms.Form):
    """Which of the two records stays."""

    keep = forms.TypedChoiceField(label=_("Which record stays?"), coerce=int, widget=forms.RadioSelect)

    records: tuple[Patron, Patron]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(patron.pk, f"{patron}, {patron.email}") for patron in self.records]
        self.fields["keep"].choices = choices  # type: ignore[attr-defined]


def doubles_list(patron: Patron) -> SafeString | str:
    """Link to the records that may be of the same person, and from one that was joined to the one that stays."""
    if (stays := patron.merged_into) is not None:
        return format_html('<a href="{}">{}</a>', object_url(stays), gettext("joined with %(p)s") % {"p": stays})
    address = reverse("admin:patrons_patron_join", args=[patron.pk])
    found = (
        (address, double.patron.pk, double.patron, double.patron.email, ", ".join(double.reasons))
        for double in merging.likely_doubles(patron)
    )
    return format_html_join("", '<a class="block" href="{}?other={}">{}, {}</a> {}<br>', found) or "–"


def join_page(request: HttpRequest, patron: Patron) -> HttpResponse:
    """Ask for the other record, then compare the two, and join them."""
    key = request.GET.get("other", "")
    other = Patron.objects.select_related("home", "user").filter(pk=key[:18]).first() if key.isdecimal() else None
    return _ask_for_the_other(request, patron) if other is None else _compare(request, patron, other)


def _ask_for_the_other(request: HttpRequest, patron: Patron) -> HttpResponse:
    chosen: list[Patron] = []

    def do(data: dict[str, Any]) -> str:
        merging.check(patron, data["other"])
        chosen.append(data["other"])
        return gettext("Please compare the two records. Nothing has been changed yet.")

    page = action_page(
        request,
        title=gettext("Join %(patron)s with another record") % {"patron": patron},
        form=OtherForm,
        do=do,
        back=object_url(patron),
        submit=gettext("Compare"),
        intro=gettext("For somebody who has registered twice. You see what happens before anything is changed."),
    )
    return redirect(f"{request.path}?other={chosen[0].pk}") if chosen else page


def _compare(request: HttpRequest, patron: Patron, other: Patron) -> HttpResponse:
    records = (patron, other)
    by_key = {record.pk: record for record in records}

    def do(data: dict[str, Any]) -> str:
        keep = by_key[data["keep"]]
        gone = other if keep is patron else patron
        merging.merge(keep, gone, by=acting(request))
        return gettext("The records are joined: %(keep)s, %(email)s stays.") % {"keep": keep, "email": keep.email}

    try:
        merging.check(patron, other)
    except ValidationError:
        plans = []
    else:
        plans = [merging.preview(patron, other), merging.preview(other, patron)]
    return action_page(
        request,
        title=gettext("Join two records of one person"),
        form=type("KeepForm", (KeepForm,), {"records": records}),
        do=do,
        back=object_url(patron),
        initial={"keep": patron.pk},
        submit=gettext("Join the records for good"),
        intro=gettext(
            "Everything of the other record moves to the one that stays; it remains as an empty, marked record with "
            "its history. This cannot be undone."
        ),
        template="admin/patrons/join.html",
        more={"plans": plans, "rows": _side_by_side(patron, other), "records": records},
    )


def _side_by_side(one: Patron, two: Patron) -> list[tuple[str, str, str]]:
    """Return what is known of the two: a label and both values."""

    def values(patron: Patron) -> list[str]:
        known = [str(getattr(patron, name)) for name in names]
        account = patron.user.email if patron.user else gettext("none yet")
        return [*known, patron.get_status_display(), date_format(patron.received_at, "SHORT_DATE_FORMAT"), account]

    names = ("first_name", "last_name", "email", "phone", "home", "programme")
    labels = [str(Patron._meta.get_field(name).verbose_name) for name in names]  # type: ignore[union-attr]
    labels += [gettext("status"), gettext("received on"), gettext("account")]
    return list(zip(labels, values(one), values(two), strict=True))
