"""Life cycles: one table of allowed transitions beside each model, one function to move, one record of each move."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.exceptions import IllegalTransition
from klikks.tenancy import AgencyModel


class Transition(AgencyModel):
    """One move of an object through its life cycle: who, when, from where, to where, and why."""

    subject_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    subject_id = models.BigIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    source = models.CharField(_("from"), max_length=20)
    target = models.CharField(_("to"), max_length=20)
    by = models.ForeignKey(
        "agencies.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"), default=timezone.now)
    reason = models.TextField(_("reason"), blank=True)

    class Meta(AgencyModel.Meta):
        verbose_name = _("transition")
        verbose_name_plural = _("transitions")
        ordering: ClassVar = ["-at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["agency", "subject_type", "subject_id"], name="transition_subject")]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"


class LifeCycle(models.Model):
    """Base of models with a `status` that moves along `TRANSITIONS` (status → set of next statuses)."""

    TRANSITIONS: ClassVar[dict[Any, set[Any]]] = {}

    if TYPE_CHECKING:
        status: Any
        agency_id: int

    transitions = GenericRelation(Transition, content_type_field="subject_type", object_id_field="subject_id")

    class Meta:
        abstract = True

    def may_move_to(self, status: str) -> bool:
        """Whether the life cycle allows this step now."""
        return status in self.TRANSITIONS.get(self.status, set())

    def move_to(self, status: str, *, by: models.Model | None = None, reason: str = "", **fields: Any) -> None:
        """Move to `status`, set `fields` with it, save, and record who did it and why.

        The caller holds the row's lock and has checked the right. Raises IllegalTransition if the life cycle does
        not lead there from the present status.
        """
        if not self.may_move_to(status):
            labels = dict(self._meta.get_field("status").flatchoices)  # type: ignore[union-attr]
            raise IllegalTransition(
                gettext(
                    "“%(object)s” is “%(status)s” now and cannot become “%(target)s”. Reload the page to see its state."
                )
                % {"object": self, "status": labels.get(self.status, self.status), "target": labels[status]}
            )
        source, self.status = self.status, status
        for name, value in fields.items():
            setattr(self, name, value)
        self.save()
        Transition.objects.create(
            agency_id=self.agency_id, subject=self, source=source, target=status, by=by, reason=reason
        )
