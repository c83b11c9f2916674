"""An uploaded sheet between its preview and its confirmation."""

from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from klikks.tenancy import AgencyManager, AgencyModel, AgencyQuerySet


def stored_name(sheet: "SheetImport", file_name: str) -> str:
    """Return a path nobody can guess and that no file name of a stranger reaches."""
    return f"imports/{timezone.localdate():%Y/%m}/{uuid4().hex}"


class SheetImport(AgencyModel):
    """A sheet somebody uploaded: kept until confirmed or dropped, with the counts of its preview."""

    class Kind(models.TextChoices):
        COMMUNES = "communes", _("municipalities")
        PATRONS = "patrons", _("climate patrons")
        PROJECTS = "projects", _("projects")
        FUNDING = "funding", _("funding programmes")

    class Status(models.TextChoices):
        PREVIEWED = "previewed", _("previewed, nothing written yet")
        CONFIRMED = "confirmed", _("imported")
        DROPPED = "dropped", _("dropped, nothing written")

    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    status = models.CharField(_("status"), max_length=16, choices=Status, default=Status.PREVIEWED)
    programme = models.ForeignKey(
        "agencies.Programme", on_delete=models.PROTECT, related_name="+", verbose_name=_("programme")
    )
    file = models.FileField(_("file"), upload_to=stored_name)
    file_name = models.CharField(_("file name"), max_length=255)
    counts = models.JSONField(_("rows"), default=dict)
    unknown = models.JSONField(_("columns nobody understands"), default=list)
    doubled = models.JSONField(_("columns that stand there twice"), default=list)
    headings = models.JSONField(_("headings"), default=list)
    fingerprint = models.CharField(_("fingerprint of the preview"), max_length=64, blank=True)
    uploaded_by = models.ForeignKey(
        "agencies.User", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("uploaded by")
    )
    uploaded_at = models.DateTimeField(_("uploaded at"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)

    class Meta(AgencyModel.Meta):
        verbose_name = _("sheet import")
        verbose_name_plural = _("sheet imports")
        ordering: ClassVar = ["-uploaded_at"]

    def __str__(self) -> str:
        return self.file_name


class SheetRowQuerySet(AgencyQuerySet):
    """Reads of previewed rows in the domain's words."""

    def wrong(self) -> "SheetRowQuerySet":
        """Rows that cannot be imported as they are."""
        return self.filter(verdict=SheetRow.Verdict.WRONG)


class SheetRow(AgencyModel):
    """One row of a previewed sheet: what would become of it. Of an imported sheet only the faulty rows are kept."""

    class Verdict(models.TextChoices):
        NEW = "new", _("new")
        CHANGED = "changed", _("changed")
        UNCHANGED = "unchanged", _("unchanged")
        WRONG = "wrong", _("wrong")

    sheet = models.ForeignKey(
        SheetImport, on_delete=models.CASCADE, related_name="rows", verbose_name=_("sheet import")
    )
    number = models.PositiveIntegerField(_("row"))
    verdict = models.CharField(_("outcome"), max_length=10, choices=Verdict)
    title = models.CharField(_("what it is about"), max_length=200, blank=True)
    changes = models.JSONField(_("changes"), default=list)
    problems = models.JSONField(_("reasons"), default=list)
    hints = models.JSONField(_("hints"), default=list)
    cells = models.JSONField(_("cells"), default=list)

    objects = AgencyManager.from_queryset(SheetRowQuerySet)()

    class Meta(AgencyModel.Meta):
        verbose_name = _("row of a sheet")
        verbose_name_plural = _("rows of a sheet")
        ordering: ClassVar = ["number"]
        indexes: ClassVar = [models.Index(fields=["sheet", "verdict", "number"], name="sheet_rows_by_verdict")]

    def __str__(self) -> str:
        return f"{self.sheet}, {self.number}"
