"""The staff desk's pages for spreadsheets: upload, preview, confirm, result, and the sheets we hand out."""

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display

from agencies.desk import DeskAdmin, dressed, object_url
from agencies.export import XLSX
from agencies.models import Programme, SheetImport, SheetRow, User
from agencies.permissions import allows, permission_required
from agencies.sheets import services
from agencies.sheets.registry import resource_class
from agencies.sheets.workbooks import faulty_rows, template

ROWS_A_PAGE = 50
# Which list shows what was imported.
LISTS = {
    SheetImport.Kind.COMMUNES: "admin:communes_partnership_changelist",
    SheetImport.Kind.PATRONS: "admin:patrons_patron_changelist",
    SheetImport.Kind.PROJECTS: "admin:projects_project_changelist",
    SheetImport.Kind.FUNDING: "admin:projects_fundingprogramme_changelist",
}


class UploadForm(forms.Form):
    """What is imported, for which programme, and the file."""

    kind = forms.ChoiceField(label=_("What is in the sheet?"), choices=SheetImport.Kind)
    programme = forms.ModelChoiceField(label=_("Programme"), queryset=Programme.objects.none())
    file = forms.FileField(
        label=_("File"),
        help_text=_("XLSX or CSV. Nothing is written before you have seen and confirmed the preview."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt,.tsv"}),
    )
    agreed = forms.BooleanField(
        label=_("The people in the sheet know that we keep and use their data for the programme."),
        error_messages={"required": _("Please ask the people first, or leave them out of the sheet.")},
    )

    def __init__(
        self, *args: Any, programmes: QuerySet[Programme], kinds: list[SheetImport.Kind], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["kind"]).choices = [(kind.value, kind.label) for kind in kinds]
        programme = cast(forms.ModelChoiceField, self.fields["programme"])
        programme.queryset, programme.empty_label = programmes, None
        kind = self.data.get("kind")
        if kind in SheetImport.Kind.values:
            self.fields["agreed"].required = resource_class(kind).names_people


@admin.register(SheetImport)
class SheetImportAdmin(DeskAdmin):
    """Uploaded sheets with their outcome; the object's page is the preview, and after the import the result."""

    list_display = ("file_name", "kind", "status_chip", "programme", "outcome", "who", "uploaded_at")
    list_filter = (("kind", ChoicesDropdownFilter), ("status", ChoicesDropdownFilter))
    search_fields = ("file_name",)
    search_help_text = _("File name")
    list_select_related = ("programme", "uploaded_by__membership")
    actions = None
    actions_list = ("upload",)
    export_columns = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[SheetImport]:
        """Load with each sheet who uploaded it."""
        return super().get_queryset(request).select_related(*self.list_select_related)

    def has_import_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Whether the role may import sheets."""
        return self._allows(request, "import")

    @display(description=_("rows"))
    def outcome(self, sheet: SheetImport) -> str:
        """Say how many rows had which outcome."""
        counts = [(sheet.counts.get(verdict.value, 0), verdict.label) for verdict in SheetRow.Verdict]
        return ", ".join(f"{count} {label}" for count, label in counts if count)

    @display(description=_("uploaded by"))
    def who(self, sheet: SheetImport) -> str:
        """Name who uploaded it."""
        return str(getattr(sheet.uploaded_by, "membership", None) or sheet.uploaded_by or "–")

    def get_urls(self) -> list[URLPattern]:
        """Add the steps of an import and the sheets we hand out."""

        def page(address: str, view: Callable[..., HttpResponse], right: str, name: str) -> URLPattern:
            guarded = self.admin_site.admin_view(permission_required("sheetimport", right)(view))
            return path(address, guarded, name=f"agencies_sheetimport_{name}")

        return [
            page("template/<str:kind>/", self.template_view, "import", "template"),
            page("<int:pk>/confirm/", self.confirm_view, "import", "confirm"),
            page("<int:pk>/drop/", self.drop_view, "import", "drop"),
            page("<int:pk>/faulty/", self.faulty_view, "view", "faulty"),
            *super().get_urls(),
        ]

    @action(description=_("Import a sheet"), url_path="upload", permissions=["import"], icon="upload_file")
    def upload(self, request: HttpRequest) -> HttpResponse:
        """Take a sheet and go on to its preview; what is wrong with the file is said above the form."""
        user = cast(User, request.user)
        programmes = Programme.objects.filter(agencies=user.agency_id).order_by("-starts_on")
        kind, kinds = request.GET.get("kind"), _kinds_for(user)
        form = UploadForm(
            request.POST or None,
            request.FILES or None,
            programmes=programmes,
            kinds=kinds,
            initial={"kind": kind if kind in SheetImport.Kind.values else SheetImport.Kind.COMMUNES},
        )
        if form.is_bound and form.is_valid():
            data = form.cleaned_data
            try:
                sheet = services.upload(data["kind"], data["file"], programme=data["programme"], by=user)
            except ValidationError as refusal:
                form.add_error("file", refusal)
            else:
                return redirect(object_url(sheet))
        context = {
            "title": _("Import a sheet"),
            "form": dressed(form),
            "kinds": [(each, resource_class(each).columns) for each in kinds],
            "back": reverse("admin:agencies_sheetimport_changelist"),
        }
        return self._page(request, "upload", context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the preview of a sheet row by row, or what became of it."""
        sheet = self._sheet(request, unquote(object_id))
        shown = request.GET.get("outcome", "")
        counts = {verdict.value: sheet.counts.get(verdict.value, 0) for verdict in SheetRow.Verdict}
        context = {
            "title": sheet.file_name,
            "opts": self.opts,
            "object": sheet,
            "sheet": sheet,
            "counts": counts,
            "tabs": [("", gettext("all"), sum(counts.values())), *_tabs(counts)],
            "shown": shown,
            "to_write": counts["new"] + counts["changed"],
            "page": _rows(sheet, shown, counts).get_page(request.GET.get("page")),
            "list": reverse(LISTS[SheetImport.Kind(sheet.kind)]),
        }
        return self._page(request, "preview", context)

    def confirm_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Write the sheet; with `leave_out` in the form, without its faulty rows."""
        sheet = self._sheet(request, str(pk))
        if request.method == "POST":
            user = cast(User, request.user)
            confirm = services.confirm_without_faulty_rows if "leave_out" in request.POST else services.confirm
            try:
                confirm(sheet, by=user)
            except ValidationError as refusal:
                messages.error(request, " ".join(refusal.messages))
            else:
                messages.success(request, gettext("The sheet was imported."))
        return redirect(object_url(sheet))

    def drop_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Forget a sheet that shall not be imported."""
        sheet = self._sheet(request, str(pk))
        if request.method != "POST":
            return redirect(object_url(sheet))
        try:
            services.drop(sheet, by=cast(User, request.user))
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
            return redirect(object_url(sheet))
        messages.success(request, gettext("The sheet was dropped. Nothing of it was written."))
        return redirect("admin:agencies_sheetimport_changelist")

    def faulty_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Download the faulty rows with their reasons."""
        sheet = self._sheet(request, str(pk))
        if not sheet.counts.get(SheetRow.Verdict.WRONG) or not sheet.file:
            raise Http404
        name = slugify(sheet.file_name.rpartition(".")[0]) or "klikks"
        return _download(faulty_rows(sheet), f"{name}-{slugify(gettext('Faulty rows'))}.xlsx")

    def template_view(self, request: HttpRequest, kind: str) -> HttpResponse:
        """Download an empty sheet of a kind."""
        if kind not in SheetImport.Kind.values:
            raise Http404
        return _download(template(kind), f"klikks-{slugify(str(SheetImport.Kind(kind).label))}.xlsx")

    def _sheet(self, request: HttpRequest, pk: str) -> SheetImport:
        """Return a sheet of the own agency. Raises Http404."""
        sheet = self.get_object(request, pk)
        if sheet is None or not self.has_view_permission(request, sheet):
            raise Http404
        return cast(SheetImport, sheet)

    def _page(self, request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
        request.current_app = self.admin_site.name  # type: ignore[attr-defined]
        return render(
            request,
            f"admin/sheets/{name}.html",
            {**self.admin_site.each_context(request), **context},
        )


def _kinds_for(user: User) -> list[SheetImport.Kind]:
    """Return the kinds of sheet whose objects somebody may write."""
    rights = {kind: resource_class(kind).right for kind in SheetImport.Kind}
    return [kind for kind, right in rights.items() if right is None or allows(user, *right)]


def _rows(sheet: SheetImport, shown: str, counts: dict[str, int]) -> "Paginator[SheetRow]":
    """Return the rows with an outcome (all if it is none), page by page; how many there are is known."""
    rows = sheet.rows.filter(verdict=shown) if shown in counts else sheet.rows.all()
    pages = Paginator(rows, ROWS_A_PAGE)
    if sheet.status == SheetImport.Status.PREVIEWED:
        pages.count = counts.get(shown, sum(counts.values()))  # type: ignore[misc]
    return pages


def _tabs(counts: dict[str, int]) -> list[tuple[str, str, int]]:
    """Return the outcomes that occur: code, label, number of rows."""
    return [(each.value, str(each.label), counts[each.value]) for each in SheetRow.Verdict if counts[each.value]]


def _download(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(content, content_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})
