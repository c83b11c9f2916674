"""An uploaded sheet between its preview and its confirmation."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from klikks.tenancy import AgencyModel


class SheetImport(AgencyModel):
    """A sheet somebody uploaded: kept until confirmed or dropped, with the counts of its preview."""

    class Kind(models.TextChoices):
        COMMUNES = "communes", _("municipalities")
        PATRONS = "patrons", _("climate patrons")
        PROJECTS = "projects", _("projects")

    class Status(models.TextChoices):
        PREVIEWED = "previewed", _("previewed, nothing written yet")
        CONFIRMED = "confirmed", _("imported")
        DROPPED = "dropped", _("dropped")

    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    status = models.CharField(_("status"), max_length=16, choices=Status, default=Status.PREVIEWED)
    programme = models.ForeignKey(
        "agencies.Programme", on_delete=models.PROTECT, related_name="+", verbose_name=_("programme")
    )
    file = models.FileField(_("file"), upload_to="imports/%Y/%m/")
    file_name = models.CharField(_("file name"), max_length=255)
    counts = models.JSONField(_("rows"), default=dict)
    uploaded_by = models.ForeignKey("agencies.User", on_delete=models.SET_NULL, null=True, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded at"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)

    class Meta(AgencyModel.Meta):
        verbose_name = _("sheet import")
        verbose_name_plural = _("sheet imports")
        ordering: ClassVar = ["-uploaded_at"]

    def __str__(self) -> str:
        return self.file_name
