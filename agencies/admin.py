"""The staff desk of this room: the agency itself, accounts, targets, wordings, programmes and reference data."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, QuerySet
from django.forms.models import BaseInlineFormSet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import action, display
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminColorInputWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldBooleanSwitchWidget,
)

from agencies import sheet_admin  # noqa: F401  (registers the pages for sheets)
from agencies.desk import DeskAdmin, DeskForm, object_url
from agencies.logos import as_data_address, checked_logo
from agencies.models import (
    Agency,
    DataSource,
    Membership,
    Participation,
    Phase,
    Programme,
    State,
    Target,
    TextBlock,
    Topic,
)
from agencies.models.accounts import STAFF_ROLES, Role
from agencies.permissions import CHANGE, role_of
from agencies.selectors import second_factors
from agencies.services import change_membership, roles_to_give
from agencies.texts import default_text, placeholders, preview, titled_keys
from klikks.tenancy import agency_context, current_agency_id

LAST_ADMINISTRATOR = _("An agency needs at least one active administrator. Please name another one first.")


class AgencyForm(DeskForm):
    """An agency with its look; logo and signature are checked by content."""

    logo = forms.FileField(
        label=_("logo"),
        required=False,
        help_text=_("PNG or SVG, at most 1 MB. It stands on certificates and reports."),
        widget=forms.FileInput(attrs={"accept": ".png,.svg"}),
    )
    remove_logo = forms.BooleanField(label=_("remove the logo"), required=False, widget=UnfoldBooleanSwitchWidget)
    signature = forms.FileField(
        label=_("signature on certificates"),
        required=False,
        help_text=_("PNG or SVG with a transparent or white background, at most 1 MB."),
        widget=forms.FileInput(attrs={"accept": ".png,.svg"}),
    )
    remove_signature = forms.BooleanField(
        label=_("remove the signature"), required=False, widget=UnfoldBooleanSwitchWidget
    )

    class Meta:
        model = Agency
        fields = "__all__"
        widgets = {"colour": UnfoldAdminColorInputWidget}

    def clean_logo(self) -> Any:
        """Accept a picture only, under a name of ours."""
        return self._checked("logo", "")

    def clean_signature(self) -> Any:
        """Accept a picture only, under a name of ours."""
        return self._checked("signature", "-signature")

    def clean(self) -> dict[str, Any]:
        """Keep the old pictures, unless there is a new one or it is to go; a signature belongs to somebody."""
        cleaned = super().clean() or self.cleaned_data
        for name in ("logo", "signature"):
            if cleaned.get(f"remove_{name}") and cleaned.get(name) == getattr(self.instance, name):
                cleaned[name] = ""
        if cleaned.get("signature") and not cleaned.get("signature_name"):
            self.add_error("signature_name", _("Please say whose signature this is."))
        return cleaned

    def _checked(self, field: str, ending: str) -> Any:
        picture = self.cleaned_data[field]
        if picture and picture is not getattr(self.instance, field):
            picture.name = f"{self.instance.slug or 'agency'}{ending}.{checked_logo(picture)}"
        return picture


@admin.register(Agency)
class AgencyAdmin(DeskAdmin):
    """Agencies: everybody on the staff reads them, an administrator changes the own one, an operator all."""

    form = AgencyForm
    list_display = ("name", "short_name", "state", "place", "email")
    list_select_related = ("state",)
    search_fields = ("name", "short_name", "place")
    when_read: ClassVar[dict[str, str]] = dict.fromkeys(("logo", "remove_logo", "signature", "remove_signature"), "")
    fieldsets = (
        (None, {"fields": ("name", "short_name", "slug", "state")}),
        (_("Address"), {"fields": ("street", "place", "email", "phone", "website")}),
        (
            _("Care"),
            {
                "fields": ("quiet_weeks_patrons", "quiet_weeks_communes"),
                "description": _("After so many weeks without any activity we remind you to get in touch."),
            },
        ),
        (
            _("Retention"),
            {
                "fields": ("account_months", "consent_months"),
                "description": _("Whoever it is about gets a mail 30 days before, and can keep it with one click."),
            },
        ),
        (_("Look of documents"), {"fields": ("colour", "logo_now", "logo", "remove_logo")}),
        (
            _("Signature on certificates"),
            {"fields": ("signature_now", "signature", "signature_name", "remove_signature")},
        ),
    )

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Operators change every agency, administrators their own."""
        own = role_of(request.user) == Role.OPERATOR or obj is None or obj.pk == current_agency_id()
        return own and super().has_change_permission(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Names and addresses of pages are the operator's."""
        operator = role_of(request.user) == Role.OPERATOR
        pictures = ("logo_now", "signature_now")
        return pictures if operator else (*pictures, "name", "short_name", "slug", "state")

    @admin.display(description=_("logo now"))
    def logo_now(self, obj: Agency) -> str:
        """Show the stored logo."""
        return _picture(obj.logo, obj.name) if obj.logo else gettext("no logo yet")

    @admin.display(description=_("signature now"))
    def signature_now(self, obj: Agency) -> str:
        """Show the stored signature."""
        return _picture(obj.signature, obj.signature_name) if obj.signature else gettext("no signature yet")


def _picture(file: models.fields.files.FieldFile, alternative: str) -> str:
    """Show a stored picture."""
    with file.open("rb") as content:
        address = as_data_address(content.read())
    return render_to_string("admin/agencies/logo.html", {"address": address, "alternative": alternative})


class MembershipForm(DeskForm):
    """An account's place in the agency."""

    class Meta:
        model = Membership
        fields = ("name", "role", "phone", "stand_in", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "role" in self.fields:
            self.fields["role"].choices = [(role.value, role.label) for role in roles_to_give()]  # type: ignore[attr-defined]
        if "stand_in" in self.fields:
            colleagues = Membership.objects.filter(role__in=STAFF_ROLES, is_active=True).exclude(pk=self.instance.pk)
            self.fields["stand_in"].queryset = colleagues  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse to leave the agency without an administrator."""
        cleaned = super().clean() or self.cleaned_data
        before = Membership.objects.get(pk=self.instance.pk)
        others = Membership.objects.filter(role=Role.AGENCY_ADMIN, is_active=True).exclude(pk=self.instance.pk)
        stays = cleaned.get("is_active") and cleaned.get("role", before.role) == Role.AGENCY_ADMIN
        if before.role == Role.AGENCY_ADMIN and before.is_active and not stays and not others.exists():
            raise ValidationError(LAST_ADMINISTRATOR)
        return cleaned


@admin.register(Membership)
class MembershipAdmin(DeskAdmin):
    """Accounts of the agency, by the people behind them. New ones come by invitation or appointment."""

    form = MembershipForm
    list_display = ("name", "role", "address", "is_active", "second_factor")
    list_filter = ("role", "is_active")
    list_select_related = ("user",)
    search_fields = ("name", "user__email")
    fields = ("name", "role", "address", "phone", "stand_in", "is_active", "second_factor")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds accounts by hand."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        """Look up with each account whether it has a second factor."""
        return super().get_queryset(request).annotate(has_second_factor=Exists(second_factors(OuterRef("user_id"))))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Patrons and municipalities keep their role; it comes from their appointment or contact."""
        fixed = ("address", "second_factor")
        return fixed if obj is None or obj.role in STAFF_ROLES else (*fixed, "role", "stand_in")

    def save_model(self, request: HttpRequest, obj: Any, form: forms.Form, change: bool) -> None:
        """Change the membership together with its account."""
        change_membership(obj, by=request.user)  # type: ignore[arg-type]

    @admin.display(description=_("e-mail"), ordering="user__email")
    def address(self, obj: Membership) -> str:
        """Show the address with which the account signs in."""
        return obj.user.email

    @display(description=_("second factor"), boolean=True)
    def second_factor(self, obj: Any) -> bool | None:
        """Show whether an account of the staff is protected by an app or a passkey; patrons need neither."""
        return bool(obj.has_second_factor) if obj.role in STAFF_ROLES or obj.has_second_factor else None


@admin.register(Target)
class TargetAdmin(DeskAdmin):
    """What the agency has promised its funder."""

    list_display = ("figure", "amount", "programme")
    list_filter = ("programme",)
    list_select_related = ("programme",)
    fields = ("programme", "figure", "value")

    @admin.display(description=_("value"), ordering="value")
    def amount(self, target: Target) -> str:
        """Show a whole number without the places behind its comma."""
        whole = target.value == target.value.to_integral_value()
        return number_format(target.value, 0 if whole else 2, force_grouping=True)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer the agency's own programmes only."""
        if db_field.name == "programme":
            kwargs["queryset"] = Programme.objects.filter(participations__agency_id=current_agency_id())
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class TextBlockForm(DeskForm):
    """An agency's wording of one text. Unknown placeholders are refused, because they would be printed as they are."""

    key = forms.ChoiceField(label=_("text"), widget=UnfoldAdminSelectWidget)

    class Meta:
        model = TextBlock
        fields = ("key", "language", "text")
        widgets = {"text": UnfoldAdminTextareaWidget(attrs={"rows": 14})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "key" in self.fields:
            self.fields["key"].choices = titled_keys()  # type: ignore[attr-defined]
            self.fields["text"].required = False
            self.fields["text"].help_text = _("Leave this empty to begin with the default text.")

    def clean(self) -> dict[str, Any]:
        """Compare the placeholders with those of the default."""
        cleaned = super().clean() or self.cleaned_data
        key, language = cleaned.get("key") or self.instance.key, cleaned.get("language") or self.instance.language
        if key and language:
            default = default_text(key, language)
            cleaned["text"] = cleaned.get("text") or default
            known = placeholders(default)
            unknown = [name for name in placeholders(cleaned["text"]) if name not in known]
            if unknown:
                raise ValidationError(
                    {
                        "text": _("There is no value for %(unknown)s here. You can use: %(known)s.")
                        % {"unknown": _in_braces(unknown), "known": _in_braces(known)}
                    }
                )
        return cleaned


@admin.register(TextBlock)
class TextBlockAdmin(DeskAdmin):
    """The agency's own wordings, with the default beside."""

    form = TextBlockForm
    list_display = ("key", "language", "begins")
    list_filter = ("language",)
    search_fields = ("key", "text")
    actions_detail = ("preview",)
    change_form_after_template = "admin/agencies/text_buttons.html"

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Once the text is chosen, show its default."""
        return ("key", "language", "text") if obj is None else ("key", "language", "default", "text")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A wording stays with its text."""
        return () if obj is None else ("key", "language", "default")

    def has_change_text_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Whether the role may change wordings."""
        return self._allows(request, CHANGE)

    @action(description=_("Preview"), url_path="preview", icon="visibility", permissions=["change_text"])
    def preview(self, request: HttpRequest, object_id: int) -> HttpResponse:
        """Show the wording with example values: the stored one, or the one that the form holds now."""
        block = self.get_object(request, str(object_id))
        if block is None:
            raise Http404
        typed = request.POST.get("text", block.text)
        known = placeholders(default_text(block.key, block.language))
        unknown = [name for name in placeholders(typed) if name not in known]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": block,
            "title": _("Preview"),
            "shown": preview(typed, block.language),
            "language": block.language,
            "unknown": _in_braces(unknown),
            "known": _in_braces(known),
            "back": object_url(block),
        }
        return render(request, "admin/agencies/text_preview.html", context)

    @admin.display(description=_("wording"))
    def begins(self, obj: TextBlock) -> str:
        """Show how the wording begins."""
        return f"{obj.text[:80]} …" if len(obj.text) > 80 else obj.text

    @admin.display(description=_("default"))
    def default(self, obj: TextBlock) -> SafeString:
        """Show the default, with the values that may be used."""
        text = default_text(obj.key, obj.language)
        return render_to_string("admin/agencies/default_text.html", {"text": text, "names": placeholders(text)})


class ParticipationFormSet(BaseInlineFormSet):
    """Agencies of a programme. Each row stands behind its own agency's wall, so it is written in its name."""

    def save_new(self, form: Any, commit: bool = True) -> Any:
        """Add a participation in the name of its agency."""
        with agency_context(form.instance.agency_id):
            return super().save_new(form, commit)

    def save_existing(self, form: Any, obj: Any, commit: bool = True) -> Any:
        """Change a participation in the name of its agency."""
        with agency_context(obj.agency_id):
            return super().save_existing(form, obj, commit)

    def delete_existing(self, obj: Any, commit: bool = True) -> None:
        """Remove a participation in the name of its agency."""
        with agency_context(obj.agency_id):
            super().delete_existing(obj, commit)


class ParticipationInline(TabularInline):
    """The agencies of a programme."""

    model = Participation
    formset = ParticipationFormSet
    fields = ("agency", "coordinates", "grant_reference")
    extra = 0
    hide_title = True


class PhaseInline(TabularInline):
    """The phases of a programme."""

    model = Phase
    fields = ("position", "name", "name_en")
    extra = 0
    hide_title = True


@admin.register(Programme)
class ProgrammeAdmin(DeskAdmin):
    """Programmes as data: runtime, funder, agencies, phases and topics."""

    list_display = ("name", "kind", "starts_on", "ends_on", "funder")
    list_filter = ("kind",)
    search_fields = ("name", "name_en", "funder")
    formfield_overrides = {models.ManyToManyField: {"widget": UnfoldAdminCheckboxSelectMultipleWidget}}
    inlines = (ParticipationInline, PhaseInline)
    fieldsets = (
        (None, {"fields": ("name", "name_en", "slug", "kind", ("starts_on", "ends_on"))}),
        (_("For the public"), {"fields": ("summary", "summary_en", "funder", "goal", "goal_en")}),
        (_("Topics"), {"fields": ("topics",)}),
    )

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Operators change every programme, coordinators those that their agency coordinates."""
        if not super().has_change_permission(request, obj):
            return False
        if role_of(request.user) == Role.OPERATOR or not isinstance(obj, Programme):
            return True
        return Participation.objects.filter(programme=obj, agency_id=current_agency_id(), coordinates=True).exists()

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A new programme needs agencies, which only an operator can give it."""
        return role_of(request.user) == Role.OPERATOR and super().has_add_permission(request)


@admin.register(Topic)
class TopicAdmin(DeskAdmin):
    """Fields of action."""

    list_display = ("name", "name_en", "slug")
    search_fields = ("name", "name_en")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The short name is the key of all that refers to a topic."""
        return () if obj is None else ("slug",)


@admin.register(State)
class StateAdmin(DeskAdmin):
    """German states; come from the reference data."""

    list_display = ("name", "code", "key")
    search_fields = ("name", "code")


@admin.register(DataSource)
class DataSourceAdmin(DeskAdmin):
    """Where the reference data come from."""

    list_display = ("title", "publisher", "edition", "licence", "rows", "loaded_at")
    search_fields = ("title", "publisher")


def _in_braces(names: list[str]) -> str:
    return ", ".join("{" + name + "}" for name in names) or "–"
