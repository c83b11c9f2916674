"""The staff desk of this room: stored documents, and reports with the page that orders one."""

from functools import partial
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.urls import URLPattern, path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateFilter
from unfold.decorators import action, display

from agencies.desk import CHIPS, DeskAdmin, action_page, object_url
from agencies.models import Agency, Programme, User
from deadlines.models import Job
from reports import day_admin, owed_admin  # noqa: F401  (register the pages of appointment days and owed reports)
from reports.audit import as_csv, as_json, audit
from reports.forms import AuditForm, ReportOrderForm
from reports.insight.views import insight_page
from reports.models import Document, Report
from reports.services import order_commune_report

STATES = dict(Job.Status.choices)


@admin.register(Document)
class DocumentAdmin(DeskAdmin):
    """Certificates and reports as they were made: to find and to download, never to change."""

    list_display = ("title", "kind", "download", "readable_size", "created_at")
    list_filter = (("kind", ChoicesDropdownFilter), ("created_at", RangeDateFilter))
    search_fields = ("title",)
    search_help_text = _("Title")
    fields = ("title", "kind", "download", "about", "readable_size", "created_at", "checksum")
    readonly_fields = fields
    actions = None
    export_columns = ("title", "kind", "size", "created_at")

    @display(description=_("file"))
    def download(self, document: Document) -> SafeString:
        """Link to the file."""
        return download_link(document.pk)

    @display(description=_("size"), ordering="size")
    def readable_size(self, document: Document) -> str:
        """Say the size in words."""
        return filesizeformat(document.size)

    @display(description=_("checksum"))
    def checksum(self, document: Document) -> str:
        """Show the SHA-256 in groups that a narrow screen can break."""
        return " ".join(document.sha256[place : place + 8] for place in range(0, 64, 8))

    @display(description=_("about"))
    def about(self, document: Document) -> SafeString | str:
        """Link to what the document is about."""
        subject = document.subject
        if subject is None:
            return gettext("It no longer exists.")
        return format_html('<a href="{}">{}</a>', object_url(subject), subject)


@admin.register(Report)
class ReportAdmin(DeskAdmin):
    """Reports that were ordered, with the file or how far it is, and the page that orders one."""

    list_display = ("commune", "programme", "period", "state", "file", "who", "created_at")
    list_filter = (("created_at", RangeDateFilter),)
    search_fields = ("commune__search_name", "commune__name", "programme__name")
    search_help_text = _("Municipality or programme")
    list_select_related = ("commune", "programme", "ordered_by__membership")
    fields = ("kind", "commune", "programme", "period", "state", "file", "who", "created_at")
    readonly_fields = fields
    actions = None
    actions_list = ("order", "audit")
    export_columns = ("kind", "commune", "programme", "starts_on", "ends_on", "created_at")

    def get_urls(self) -> list[URLPattern]:
        """Add the page of insight."""
        page = self.admin_site.admin_view(insight_page)
        return [path("insight/", page, name="reports_insight"), *super().get_urls()]

    def has_order_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Whether the role may order reports."""
        return self._allows(request, "order")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Report]:
        """Add to each report its document and the state of its job."""
        about_it = {"subject_type": ContentType.objects.get_for_model(Report), "subject_id": OuterRef("pk")}
        newest_job = Job.objects.filter(**about_it).order_by("-pk")
        return (
            super()
            .get_queryset(request)
            .annotate(
                document_pk=Subquery(Document.objects.filter(**about_it).order_by("-pk").values("pk")[:1]),
                job_key=Subquery(newest_job.values("key")[:1]),
                job_status=Subquery(newest_job.values("status")[:1]),
            )
        )

    @display(description=_("period"), ordering="starts_on")
    def period(self, report: Report) -> str:
        """Say the first and the last day."""
        days = [date_format(day, "SHORT_DATE_FORMAT") for day in (report.starts_on, report.ends_on)]
        return " – ".join(days)

    @display(description=_("status"), label=CHIPS)
    def state(self, report: Any) -> tuple[str, str]:
        """Show how far the report is."""
        status = report.job_status or Job.Status.DONE
        return status, str(STATES[status])

    @display(description=_("file"))
    def file(self, report: Any) -> SafeString | str:
        """Link to the file, or to the page that shows how far it is."""
        if report.document_pk:
            return download_link(report.document_pk)
        if report.job_key:
            return format_html(
                '<a href="{}">{}</a>', reverse("deadlines:job", args=[report.job_key]), gettext("How far is it?")
            )
        return "–"

    @display(description=_("ordered by"))
    def who(self, report: Report) -> str:
        """Name who ordered it."""
        return str(getattr(report.ordered_by, "membership", None) or "–")

    @action(description=_("Order a report"), url_path="order", permissions=["order"], icon="summarize")
    def order(self, request: HttpRequest) -> HttpResponse:
        """Ask for municipality and days, order the report, and go to the page that shows how far it is.

        `?partnership=<pk>` chooses the municipality beforehand.
        """
        ordered: list[Job] = []

        def do(data: dict[str, Any]) -> str:
            partnership = data.pop("partnership")
            job = order_commune_report(partnership.commune, partnership.programme, by=cast(User, request.user), **data)
            ordered.append(job)
            return gettext("The report is being made. You can go on working meanwhile.")

        page = action_page(
            request,
            title=gettext("Order a municipality report"),
            form=ReportOrderForm,
            do=do,
            back=reverse("admin:reports_report_changelist"),
            initial={"partnership": request.GET.get("partnership")},
            submit=gettext("Make the report"),
            intro=gettext("Figures, projects, savings with their calculation, funding and patrons, as one PDF."),
        )
        return redirect("deadlines:job", key=ordered[0].key) if ordered else page

    @action(description=_("For the auditor"), url_path="audit", permissions=["order"], icon="fact_check")
    def audit(self, request: HttpRequest) -> HttpResponse:
        """Hand out the figures with where each comes from, to be added up elsewhere."""
        made: list[HttpResponse] = []
        agency = cast(Agency, cast(User, request.user).agency)

        def do(data: dict[str, Any]) -> str:
            made.append(_audit_file(data["programme"], agency, data["kind"]))
            return ""

        page = action_page(
            request,
            title=gettext("For the auditor"),
            form=cast(type[forms.Form], partial(AuditForm, agency=agency)),
            do=do,
            back=reverse("admin:reports_report_changelist"),
            submit=gettext("Download"),
            intro=gettext(
                "Every figure of your agency with where it comes from: numbers, formula, factors and their sources. "
                "Nobody is named in it. docs/audit.md describes the fields, docs/recompute.py adds them up again."
            ),
        )
        return made[0] if made else page


def _audit_file(programme: Programme, agency: Agency, kind: str) -> HttpResponse:
    """Return the agency's figures with where they come from, as a file."""
    content = audit(programme, [agency])
    text = as_json(content) if kind == "json" else as_csv(content["savings"])
    answer = HttpResponse(text, content_type="application/json" if kind == "json" else "text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="audit-{programme.slug}-{agency.slug}.{kind}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def download_link(document_pk: int) -> SafeString:
    """Return the link that downloads a document."""
    address = reverse("reports:download", args=[document_pk])
    return format_html('<a href="{}">{}</a>', address, gettext("Download (PDF)"))
