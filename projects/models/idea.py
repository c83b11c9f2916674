"""Ideas that citizens send."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import LifeCycle, Programme, Topic
from communes.models import Commune
from klikks.history import tracked
from klikks.tenancy import AgencyModel
from projects.models.project import Project


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
    photo = models.FileField(_("photo"), upload_to="ideas/", blank=True, editable=False)
    photo_alt = models.CharField(_("what the photo shows"), max_length=200, blank=True)
    author = models.CharField(_("author"), max_length=120, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="de")
    shows_author = models.BooleanField(_("the author may be named in public"), default=False)
    project = models.ForeignKey(
        Project, on_delete=models.SET_NULL, null=True, blank=True, related_name="ideas", verbose_name=_("project")
    )
    received_at = models.DateTimeField(_("received at"), default=timezone.now, editable=False)
    released_at = models.DateTimeField(_("released at"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("declined, or its project done, at"), null=True, blank=True, editable=False)

    class Meta(AgencyModel.Meta):
        verbose_name = _("idea")
        verbose_name_plural = _("ideas")
        ordering: ClassVar = ["-received_at"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the address of the idea's public page, which is there once staff have released it."""
        return reverse("projects:idea", args=[self.pk])


@tracked()
class IdeaFollow(AgencyModel):
    """Somebody who wishes to hear by mail what becomes of an idea; counts once the mailed link is confirmed."""

    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="follows", verbose_name=_("idea"))
    email = models.EmailField(_("e-mail"))
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="de")
    asked_at = models.DateTimeField(_("asked for at"), default=timezone.now)
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)

    class Meta(AgencyModel.Meta):
        verbose_name = _("follower of an idea")
        verbose_name_plural = _("followers of ideas")
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.UniqueConstraint("idea", Lower("email"), name="one_follow_an_address"),
        ]

    def __str__(self) -> str:
        return self.email
