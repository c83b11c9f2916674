"""Logging a call in a few seconds from anywhere on the desk: the form, and the page behind the button in the header."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from agencies.desk import dressed, object_url, page_before
from communes import services
from communes.admin.base import acting
from communes.admin.forms import IN_THE_FUTURE, NEXT_STEP_BEFORE, words
from communes.forms import CommuneField
from communes.mail_text import PastedMail, read_mail
from communes.models import Commune, Contact, District, Outreach, Registration

SOON: list[tuple[str, Any]] = [
    ("", _("not needed")),
    ("1", _("tomorrow")),
    ("7", _("in a week")),
    ("30", _("in a month")),
]
NOT_CHOSEN = [("", _("see note"))]


class LogForm(forms.Form):
    """A call, visit, mail, letter or event. `place` is where it was about, if the page before says so."""

    commune = CommuneField(required=False)
    contact = forms.ModelChoiceField(Contact.objects.none(), label=_("contact"), required=False)
    channel = forms.ChoiceField(
        label=_("how"), choices=Outreach.Channel, initial=Outreach.Channel.CALL, widget=forms.RadioSelect
    )
    outcome = forms.ChoiceField(
        label=_("result"), choices=[*Outreach.Outcome.choices, *NOT_CHOSEN], required=False, widget=forms.RadioSelect
    )
    result = words(_("note"), required=False)
    next_step = forms.CharField(label=_("next step"), required=False, max_length=160)
    soon = forms.ChoiceField(label=_("when"), choices=SOON, required=False, widget=forms.RadioSelect)
    next_step_on = forms.DateField(label=_("or on"), required=False, widget=forms.DateInput())
    on = forms.DateField(label=_("day"), initial=timezone.localdate, widget=forms.DateInput())
    mail = forms.CharField(
        label=_("pasted mail"),
        help_text=_("Paste a mail with its headers: we read day, subject and contact from it."),
        required=False,
        max_length=50_000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    mail_read = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, district: District | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.district = district
        self.fields["result"].widget.attrs["rows"] = 3
        self.fields["contact"].queryset = self._contacts()  # type: ignore[attr-defined]
        self.fields["contact"].error_messages["invalid_choice"] = _t("This contact belongs to another municipality.")

    def _contacts(self) -> QuerySet[Contact]:
        """Return whom one may have reached: contacts of the municipality and of its district."""
        chosen = self.data.get("commune_id", "") if self.is_bound else getattr(self.initial.get("commune"), "pk", "")
        if str(chosen).isdecimal():
            about = Q(commune=chosen) | Q(district__communes=chosen)
        elif self.district:
            about = Q(district=self.district)
        else:
            return Contact.objects.none()
        return Contact.objects.current().filter(about).distinct()

    def clean_on(self) -> Any:
        """Refuse a day that has not come."""
        if self.cleaned_data["on"] > timezone.localdate():
            raise ValidationError(IN_THE_FUTURE)
        return self.cleaned_data["on"]

    def clean(self) -> dict[str, Any]:
        """Turn the quick picks into a day, and refuse what belongs nowhere."""
        data = super().clean() or self.cleaned_data
        if soon := data.pop("soon", ""):
            data["next_step_on"] = data.get("next_step_on") or timezone.localdate() + timedelta(days=int(soon))
        if data.get("next_step_on") and data.get("on") and data["next_step_on"] < data["on"]:
            self.add_error("next_step_on", NEXT_STEP_BEFORE)
        if "commune" in data and not data["commune"] and not self.district:
            self.add_error("commune", _t("Please choose a municipality."))
        return data


@dataclass(frozen=True)
class Origin:
    """The page from which somebody logs a call, and what it is about."""

    back: str = ""
    place: Commune | District | None = None
    contact: Contact | None = None
    subject: Model | None = None


def log_page(request: HttpRequest) -> HttpResponse:
    """Show and take the form; whoever saves it is back on the page before. The caller has checked the right."""
    origin = _origin(request)
    mail = None
    form = _form(request, origin, request.POST if request.method == "POST" else None)
    if form.is_bound and form["mail"].value() and form["mail_read"].value() != _mark(form["mail"].value()):
        mail = read_mail(form["mail"].value())
        form = _form(request, origin, _filled(request.POST, mail))
    elif form.is_bound and form.is_valid() and (logged := _logged(request, form, origin)):
        messages.success(request, _told(logged))
        return redirect(origin.back or reverse("admin:communes_outreach_changelist"))
    context = {
        **admin.site.each_context(request),
        "title": _t("Log a call"),
        "opts": Outreach._meta,
        "form": dressed(form),
        "origin": origin,
        "mail": mail,
        "back": origin.back or reverse("admin:communes_outreach_changelist"),
        "is_log_page": True,
    }
    return render(request, "admin/communes/log.html", context)


def log_url(subject: Model) -> str:
    """Return the address of the page that logs a call about an object of the desk."""
    return f"{reverse('admin:communes_outreach_log')}?{urlencode({'next': object_url(subject)})}"


def place_of(subject: Model | None) -> Commune | District | None:
    """Return where an object of any room is at home: a municipality, or a district; None if it does not say so."""
    if isinstance(subject, Commune | District):
        return subject
    for name in ("main_commune", "commune", "district"):
        place = getattr(subject, name, None)
        if isinstance(place, Commune | District):
            return place
    return None


def _form(request: HttpRequest, origin: Origin, data: Any) -> LogForm:
    """Return the form, with what the page before says about the place filled in."""
    chosen = request.GET.get("commune", "")
    commune = Commune.objects.filter(pk=chosen).first() if chosen.isdecimal() else origin.place
    initial = {"commune": commune if isinstance(commune, Commune) else None, "contact": origin.contact}
    district = origin.place if isinstance(origin.place, District) else None
    return LogForm(data, initial=initial, district=district)


def _origin(request: HttpRequest) -> Origin:
    """Return the page before: only one of our own, and its object only if the reader may see it."""
    back, found = page_before(request)
    if found is None:
        return Origin(back)
    contact = found if isinstance(found, Contact) else getattr(found, "contact", None)
    is_about = not isinstance(found, Commune | District | Contact | Outreach)
    return Origin(back, place_of(found), contact if isinstance(contact, Contact) else None, found if is_about else None)


def _logged(request: HttpRequest, form: LogForm, origin: Origin) -> Outreach | None:
    """Hand what was typed to the service; what it refuses is shown in the form."""
    data = dict(form.cleaned_data)
    data.pop("mail_read")
    place: Any = data.pop("commune") or form.district
    subject = origin.subject if place == origin.place else None
    try:
        return services.log_outreach(place, by=acting(request), subject=subject, **data)
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return None


def _told(outreach: Outreach) -> str:
    """Say what was logged, and when we remind of it."""
    told = _t("Logged: %(how)s, %(place)s.") % {"how": outreach.get_channel_display(), "place": outreach.place}
    if outreach.next_step_on:
        day = date_format(outreach.next_step_on)
        told += " " + _t("We remind you of the next step on %(day)s.") % {"day": day}
    return told


def _mark(mail: str) -> str:
    """Return a mark of a mail's words, by which we know that they were read."""
    return hashlib.sha256(mail.replace("\r", "").encode()).hexdigest()


def _filled(data: QueryDict, mail: PastedMail) -> QueryDict:
    """Return what was typed, with what the pasted mail says: what is not sure stays for the person to fill in."""
    filled = data.copy()
    filled["mail_read"] = _mark(data.get("mail", ""))
    if mail.sender or mail.subject or mail.written:
        filled["channel"] = Outreach.Channel.MAIL
        filled["on"] = mail.on.isoformat() if mail.on else ""
    if mail.subject and not data.get("result", "").strip():
        filled["result"] = mail.subject
    contact = _known(mail.addresses)
    commune = (contact.commune if contact else None) or _registered(mail.addresses)
    if commune and not data.get("commune", "").strip():
        filled["commune"], filled["commune_id"] = commune.name, str(commune.pk)
    if contact and str(contact.commune_id or "") in {"", filled.get("commune_id", "")}:
        filled["contact"] = str(contact.pk)
    return filled


def _known(addresses: list[str]) -> Contact | None:
    """Return the contact with one of these addresses, the sender before the recipients."""
    contacts = list(Contact.objects.current().filter(_any_of(addresses)).select_related("commune")) if addresses else []
    return min(contacts, key=lambda contact: addresses.index(contact.email.lower()), default=None)


def _registered(addresses: list[str]) -> Commune | None:
    """Return the municipality that has registered with one of these addresses."""
    if not addresses:
        return None
    found = Registration.objects.filter(_any_of(addresses)).select_related("commune").first()
    return found.commune if found else None


def _any_of(addresses: list[str]) -> Q:
    condition = Q()
    for address in addresses:
        condition |= Q(email__iexact=address)
    return condition
