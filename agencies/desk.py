"""What all pages of the staff desk share: rights from the permission table, history, export, asking before acting."""

from collections import defaultdict
from collections.abc import Callable, Collection
from functools import wraps
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.forms.utils import pretty_name
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import Resolver404, URLPattern, path, resolve, reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold import widgets
from unfold.admin import ModelAdmin, TabularInline
from unfold.views import ChangeList

from agencies.export import sheet_of
from agencies.history import history_of, keeps_history
from agencies.models import LifeCycle, Transition, User
from agencies.permissions import ADD, CHANGE, DELETE, VIEW, allows
from klikks.tenancy import current_agency_id

# How a status looks wherever the desk shows one; a status that is not named here stays neutral.
CHIPS: dict[str, str] = defaultdict(
    str,
    {
        # waits for us
        "confirmed": "warning",
        "second": "warning",
        "in_review": "warning",
        "awaiting_backing": "warning",
        "talk_held": "warning",
        "received": "warning",
        "waiting": "warning",
        "queued": "warning",
        "previewed": "warning",
        "offered": "warning",
        # waits for others, or runs
        "asked_back": "info",
        "invited": "info",
        "unconfirmed": "info",
        "waiting_list": "info",
        "matched": "info",
        "funding_applied": "info",
        "submitted": "info",
        "under_way": "info",
        "running": "info",
        "planned": "info",
        # in force, reached
        "accepted": "success",
        "official": "success",
        "appointed": "success",
        "active": "success",
        "done": "success",
        "granted": "success",
        "released": "success",
        "sent": "success",
        "attended": "success",
        "enrolled": "success",
        # went wrong
        "failed": "danger",
        "overdue": "danger",
    },
)
# By these a list may be filtered from outside: the addresses of figures, see reports/figures/rows.py.
WAYS_OF_FIGURES = ("programme__id__exact", "commune__id__exact", "home__id__exact", "district__ags__exact")
# How the widgets of a plain form look on the desk; the first that fits counts.
LOOKS: list[tuple[type[forms.Widget] | tuple[type[forms.Widget], ...], list[str]]] = [
    (forms.CheckboxInput, widgets.CHECKBOX_CLASSES),
    ((forms.RadioSelect, forms.CheckboxSelectMultiple, forms.HiddenInput), []),
    (forms.Select, widgets.SELECT_CLASSES),
    (forms.Textarea, widgets.TEXTAREA_CLASSES),
    (forms.Widget, widgets.INPUT_CLASSES),
]


def once(describe: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Let a read-only field of an object's page be made once: the theme asks for it again and again."""

    @wraps(describe)
    def remembered(model_admin: Any, obj: Any) -> Any:
        answers = obj.__dict__.setdefault("_desk_answers", {})
        if describe.__name__ not in answers:
            answers[describe.__name__] = describe(model_admin, obj)
        return answers[describe.__name__]

    return remembered


class DeskForm(forms.ModelForm):
    """Base of the desk's forms: the agency of the context is set before the rules of the model are checked.

    Otherwise a rule such as "one target a figure and agency" would only be noticed by the database.
    """

    def _get_validation_exclusions(self) -> set[str]:
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        if "agency" in excluded and current_agency_id() is not None:
            if self.instance.agency_id is None:
                self.instance.agency_id = current_agency_id()
            excluded.discard("agency")
        return excluded


class DeskList(ChangeList):
    """A list of the desk. Keeps the addresses it has made: the theme asks for the same ones in each row."""

    def get_query_string(self, new_params: dict[str, Any] | None = None, remove: Collection[str] | None = None) -> str:
        """Return the list's query string with some parameters changed and some removed."""
        asked = repr((new_params, remove))
        if asked not in self._addresses:
            self._addresses[asked] = super().get_query_string(new_params, remove)
        return self._addresses[asked]

    @cached_property
    def _addresses(self) -> dict[str, str]:
        return {}


class NothingForm(forms.Form):
    """An action that needs no words, only a yes."""


class DeskAdmin(ModelAdmin):
    """Base of every list and page of the staff desk. The permission table alone decides what may be done."""

    form = DeskForm
    list_per_page = 20
    show_full_result_count = False
    list_filter_submit = True
    compressed_fields = True
    warn_unsaved_form = True
    # Columns of the exported sheet, if they are not those of the list; () for a list that is not exported.
    export_columns: tuple[str, ...] | None = None
    # Fields that those who may only read see otherwise: by the column named here, or not at all where it is "".
    when_read: ClassVar[dict[str, str]] = {}

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Whether the role may look at these objects."""
        return self._allows(request, VIEW, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Whether the role may add one."""
        return self._allows(request, ADD)

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Whether the role may change it."""
        return self._allows(request, CHANGE, obj)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Whether the role may delete it."""
        return self._allows(request, DELETE, obj)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[DeskList]:
        """Return the kind of list."""
        return DeskList

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        """Return the rows to those who may see them; an operator has no agency, so looking alone would fail."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        return super().get_queryset(request)

    def _allows(self, request: HttpRequest, action: str, obj: models.Model | None = None) -> bool:
        return allows(request.user, self.opts.model_name, action, obj)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Ask for the right first; Django and the theme look at the object before."""
        if object_id and not self.has_view_or_change_permission(request):
            raise PermissionDenied
        return super().changeform_view(request, object_id, form_url, extra_context)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the parts of the page; to those who may only read, with words instead of what is chosen in a form."""
        found = super().get_fieldsets(request, obj)
        if not self.when_read or self.has_change_permission(request, obj):
            return found
        return [(name, {**part, "fields": _replaced(part["fields"], self.when_read)}) for name, part in found]

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Let a figure lead to the rows it was counted from: by programme and place, however far away these are."""
        return lookup.endswith(WAYS_OF_FIGURES) or super().lookup_allowed(lookup, value, request)

    @property
    def is_exported(self) -> bool:
        """Whether the list can be downloaded."""
        return self.export_columns != ()

    @admin.display(description=_("status"), ordering="status")
    def status_chip(self, obj: Any) -> SafeString:
        """Show the status as a coloured chip: a column, and a read-only field of the object's page."""
        words = dict(self.opts.get_field("status").flatchoices)  # what get_status_display does takes long in a list
        return chip(obj.status, words.get(obj.status, obj.status))

    @admin.display(description=_("course so far"))
    @once
    def life_cycle(self, obj: LifeCycle) -> SafeString:
        """Show each move through the life cycle, newest first: a read-only field of the object's page."""
        return transitions_list(obj)

    def get_urls(self) -> list[URLPattern]:
        """Add the address of the exported list."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        export = path("export/", self.admin_site.admin_view(self.export_view), name=name)
        return [export, *super().get_urls()]

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """Download the list as it is filtered now: XLSX, or CSV with `?sheet=csv`."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        columns = self.get_list_display(request) if self.export_columns is None else self.export_columns
        if not self.is_exported:
            raise Http404
        query = request.GET.copy()
        as_csv = query.pop("sheet", ["xlsx"])[0] == "csv"
        request.GET = query  # type: ignore[assignment]
        return sheet_of(request, self, columns, as_csv=as_csv)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show who changed what and when, from the rows that the database itself has kept."""
        instance = self.get_object(request, unquote(object_id))
        if instance is None or not keeps_history(self.model):
            raise Http404
        if not self.has_view_permission(request, instance):
            raise PermissionDenied
        number = request.GET.get("p", "1")
        page = max(int(number[:6]), 1) if number.isdecimal() else 1
        versions, has_older = history_of(instance, page=page)
        context = {
            **self.admin_site.each_context(request),
            "title": _("History"),
            "opts": self.opts,
            "object": instance,
            "back": object_url(instance),
            "versions": versions,
            "newer": page - 1,
            "older": page + 1 if has_older else 0,
            **(extra_context or {}),
        }
        request.current_app = self.admin_site.name  # type: ignore[attr-defined]
        return render(request, "admin/object_history.html", context)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        """Offer the history only where one is kept."""
        context["show_history"] = keeps_history(self.model)
        return super().render_change_form(request, context, *args, **kwargs)

    def log_addition(self, request: HttpRequest, obj: models.Model, message: Any) -> None:
        """Write nothing: the database keeps the history, also of what happens outside of the desk."""

    def log_change(self, request: HttpRequest, obj: models.Model, message: Any) -> None:
        """Write nothing; see `log_addition`."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:
        """Write nothing; see `log_addition`."""


class ReadOnlyAdmin(DeskAdmin):
    """Objects that services make; the desk shows them and offers what can be done."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """They are added where they belong."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """They are changed by actions only."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """They stay."""
        return False


class ReadOnlyInline(TabularInline):
    """Rows of another table on an object's page, to read; each links to its own page."""

    extra = 0
    can_delete = False
    show_change_link = False
    template_after = "admin/no_rows.html"

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Whether the role may look at these rows."""
        return allows(request.user, self.opts.model_name or "", VIEW)

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """They are added elsewhere."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """They are changed on their own page."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """They stay."""
        return False


def object_url(instance: models.Model) -> str:
    """Return the address of an object's page on the staff desk."""
    return reverse(f"admin:{instance._meta.app_label}_{instance._meta.model_name}_change", args=[instance.pk])


def chip(status: str, label: str) -> SafeString:
    """Return a status as a coloured chip."""
    tone = CHIPS[status]
    return format_html('<span class="desk-chip{}">{}</span>', f" desk-chip-{tone}" if tone else "", label)


def two_lines(title: str, subtitle: str) -> SafeString:
    """Return a title with a quieter second line."""
    if not subtitle:
        return format_html("{}", title)
    return format_html('{}<br><span class="desk-soft desk-small">{}</span>', title, subtitle)


def transitions_list(subject: models.Model) -> SafeString:
    """Return the moves of an object through its life cycle as a list: from, to, who, when and why."""
    labels = dict(subject._meta.get_field("status").flatchoices)  # type: ignore[union-attr]
    moves: models.QuerySet[Transition] = subject.transitions.select_related("by__membership")  # type: ignore[attr-defined]
    steps = [
        (move, labels.get(move.source, move.source), labels.get(move.target, move.target), _name_of(move.by))
        for move in moves
    ]
    return render_to_string("admin/transitions.html", {"steps": steps})


def _name_of(user: User | None) -> str:
    """Return the name of an account that was loaded with its membership."""
    return str(getattr(user, "membership", None) or getattr(user, "email", ""))


def action_page(
    request: HttpRequest,
    *,
    title: str,
    form: type[forms.Form],
    do: Callable[[dict[str, Any]], str],
    back: str,
    initial: dict[str, Any] | None = None,
    submit: str = "",
    intro: str = "",
    template: str = "admin/action.html",
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    """Answer an action that needs a few words first: a form, then `do(cleaned_data)`, then `back` with its message.

    `do` calls a service and returns what to tell the reader. What a service refuses (ValidationError) is shown above
    the form, with everything that was typed. `intro` is said before the form. A page
    that shows more than a form has its own `template`, with `more` for it.
    """
    bound = form(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST" and not bound.is_bound:
        bound = form(request.POST, initial=initial)
    if bound.is_bound and bound.is_valid():
        try:
            told = do(bound.cleaned_data)
        except ValidationError as refusal:
            bound.add_error(None, refusal)
        else:
            messages.success(request, told)
            return redirect(back)
    trail = _trail(request, back)
    context = {
        **admin.site.each_context(request),
        **trail,
        "title": title,
        "form": dressed(bound),
        "back": back,
        "submit": submit or title,
        "intro": "" if intro == str(trail.get("original", "")) else intro,
        **(more or {}),
    }
    return render(request, template, context)


def safe_next(request: HttpRequest) -> str:
    """Return the path the reader came from, as the address or the form says: only one of our own, otherwise empty."""
    back = request.POST.get("next") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return back if is_ours else ""


def page_before(request: HttpRequest) -> tuple[str, models.Model | None]:
    """Return the path the reader came from, and the object of the desk that its page is about.

    Both may be missing: only paths of ours count, and only objects that the reader may see.
    """
    back = safe_next(request)
    try:
        page = resolve(back.partition("?")[0]) if back else None
    except Resolver404:
        return "", None
    desk_admin = getattr(page.func, "model_admin", None) if page else None
    key = page.kwargs.get("object_id") if page else None
    if desk_admin is None or key is None or not desk_admin.has_view_permission(request):
        return back, None
    return back, desk_admin.get_object(request, unquote(str(key)))


def _replaced(fields: Any, by: dict[str, str]) -> list[Any]:
    """Return fields of a page, some of them side by side in a row, with others in their place or left out."""
    rows = [_replaced(row, by) if isinstance(row, list | tuple) else by.get(row, row) for row in fields]
    return [row for row in rows if row]


def _trail(request: HttpRequest, back: str) -> dict[str, Any]:
    """Return what the page's trail needs to name the list and the object that `back` leads to."""
    page = resolve(back.partition("?")[0])
    desk_admin = getattr(page.func, "model_admin", None)
    if desk_admin is None:
        return {}
    key = page.kwargs.get("object_id")
    found = desk_admin.get_object(request, unquote(key)) if key else None
    return {"opts": desk_admin.opts, "original": found if found and str(found.pk) == key else None}


def dressed(form: forms.BaseForm) -> forms.BaseForm:
    """Return a plain form whose widgets look like those of the desk."""
    for name, field in form.fields.items():
        field.label = capfirst(field.label or pretty_name(name))
        look = next(classes for kinds, classes in LOOKS if isinstance(field.widget, kinds))
        field.widget.attrs["class"] = " ".join([*look, field.widget.attrs.get("class", "")]).strip()
        if isinstance(field.widget, forms.Select) and not field.widget.allow_multiple_selected:
            field.widget.template_name = "unfold/widgets/select.html"
        if isinstance(field.widget, forms.DateInput):
            field.widget.input_type, field.widget.format = "date", "%Y-%m-%d"
    return form


def days(count: int) -> str:
    """Say a number of days in words."""
    return ngettext("%(count)d day", "%(count)d days", count) % {"count": count}
