"""Ideas that citizens send."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import LifeCycle, Programme, Topic
from communes.models import Commune
from klikks.history import tracked
from klikks.tenancy import AgencyModel
from projects.models.project import Project

if TYPE_CHECKING:
    pass


@tracked()
class Idea(LifeCycle, AgencyModel):
    """An idea a citizen has sent; public only once staff have released it."""

    class Status(models.TextChoices):
        RECEIVED = "received", _("received")
        RELEASED = "released", _("released")
        ADOPTED = "adopted", _("became a project")
        DECLINED = "declined", _("declined")

    TRANSITIONS: ClassVar = {
        Status.RECEIVED: {Status.RELEASED, Status.ADOPTED, Status.DECLINED},
        Status.RELEASED: {Status.ADOPTED, Status.DECLINED},
    }

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+", verbose_name=_("programme"))
    commune = models.ForeignKey(
        Commune,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="ideas",
        verbose_name=_("municipality"),
    )
    topic = models.ForeignKey(
        Topic, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("topic")
    )
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.RECEIVED, editable=False)
    title = models.CharField(_("title"), max_length=160)
    text = models.TextField(_("text"), max_length=4000)
    author = models.CharField(_("author"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="de")
    shows_author = models.BooleanField(_("the author may be named in public"), default=False)
    project = models.ForeignKey(
        Project, on_delete=models.SET_NULL, null=True, blank=True, related_name="ideas", verbose_name=_("project")
    )
    received_at = models.DateTimeField(_("received at"), default=timezone.now, editable=False)
    released_at = models.DateTimeField(_("released at"), null=True, blank=True, editable=False)

    class Meta(AgencyModel.Meta):
        verbose_name = _("idea")
        verbose_name_plural = _("ideas")
        ordering: ClassVar = ["-received_at"]

    def __str__(self) -> str:
        return self.title
