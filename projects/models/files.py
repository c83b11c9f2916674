"""Photos and documents of a project."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from klikks.history import tracked
from klikks.tenancy import AgencyModel
from projects.models.project import Project


class ProjectFile(AgencyModel):
    """Base of what is stored with a project.

    Citizens see a file when the project is released, `is_public` says that they may, and staff have released it
    (`released_at`): what is added later waits until staff release the project's news.
    """

    is_public = models.BooleanField(_("may be shown to the public"), default=False)
    released_at = models.DateTimeField(_("released at"), null=True, blank=True, editable=False)
    added_at = models.DateTimeField(_("added at"), default=timezone.now, editable=False)

    class Meta(AgencyModel.Meta):
        abstract = True


@tracked()
class ProjectPhoto(ProjectFile):
    """A photo of a project; the first in order is its title picture."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="photos", verbose_name=_("project"))
    file = models.FileField(_("photo"), upload_to="projects/photos/", editable=False)
    alt = models.CharField(_("what the photo shows"), max_length=200)
    position = models.PositiveSmallIntegerField(_("position"), default=0, editable=False)

    class Meta(ProjectFile.Meta):
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [*AgencyModel.Meta.constraints]

    def __str__(self) -> str:
        return self.alt


@tracked()
class ProjectDocument(ProjectFile):
    """A document of a project, such as an offer, a plan or a resolution."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="documents", verbose_name=_("project"))
    title = models.CharField(_("title"), max_length=120)
    file = models.FileField(_("file"), upload_to="projects/documents/", editable=False)

    class Meta(ProjectFile.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [*AgencyModel.Meta.constraints]

    def __str__(self) -> str:
        return self.title
