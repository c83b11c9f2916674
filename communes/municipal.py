"""A municipality's own side: who may enter its pages, its data as the agency knows them, and what it proposes.

Part of this room's models; `communes.models` imports them.
"""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from agencies.models import LifeCycle, User
from communes.models import Commune, Contact
from klikks.history import tracked
from klikks.tenancy import AgencyManager, AgencyModel, AgencyQuerySet


class AccessQuerySet(AgencyQuerySet):
    """Reads of accesses in the domain's words."""

    def open(self) -> "AccessQuerySet":
        """Accesses in force, and invitations to one."""
        return self.filter(status__in=MunicipalAccess.OPEN)

    def held_by(self, user: User) -> "AccessQuerySet":
        """The accesses an account has today: the one place that says which municipalities it may see."""
        return self.filter(status=MunicipalAccess.Status.ACTIVE, user=user)


@tracked()
class MunicipalAccess(LifeCycle, AgencyModel):
    """That a person may enter the pages of one municipality: invited by a mailed link, in force, and one day ended.

    One account may have several accesses, and a municipality several people. Staff, or people of the municipality
    itself, invite; the account is made when the invited person opens the link, which proves the address.
    """

    class Status(models.TextChoices):
        INVITED = "invited", _("invited")
        ACTIVE = "active", _("active")
        ENDED = "ended", _("ended")

    OPEN: ClassVar = [Status.INVITED, Status.ACTIVE]
    TRANSITIONS: ClassVar = {Status.INVITED: {Status.ACTIVE, Status.ENDED}, Status.ACTIVE: {Status.ENDED}}

    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, related_name="accesses", verbose_name=_("municipality")
    )
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.INVITED, editable=False)
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"))
    language = models.CharField(_("language"), max_length=2, choices=settings.LANGUAGES, default="de")
    user = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="municipal_accesses",
        verbose_name=_("account"),
        editable=False,
    )
    invited_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("invited by"), editable=False
    )
    invited_at = models.DateTimeField(_("invited at"), default=timezone.now, editable=False)
    replaces = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="successors",
        verbose_name=_("takes over from"),
        editable=False,
    )
    since = models.DateField(_("since"), null=True, blank=True, editable=False)
    ended_on = models.DateField(_("ended on"), null=True, blank=True, editable=False)

    objects = AgencyManager.from_queryset(AccessQuerySet)()

    class Meta(AgencyModel.Meta):
        verbose_name = _("access of a municipality")
        verbose_name_plural = _("accesses of municipalities")
        ordering: ClassVar = ["-invited_at", "-pk"]
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.UniqueConstraint(
                "agency",
                "commune",
                Lower("email"),
                condition=Q(status__in=["invited", "active"]),
                name="one_open_access_an_address",
            ),
            models.CheckConstraint(
                condition=~Q(status="active") | Q(user__isnull=False, since__isnull=False),
                name="active_access_has_an_account",
            ),
            models.CheckConstraint(
                condition=~Q(status="ended") | Q(ended_on__isnull=False), name="ended_access_has_a_date"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["user"], condition=Q(status="active"), name="access_of_account"),
            models.Index(fields=["agency", "-invited_at"], name="access_order"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.commune})"


class MasterField(models.TextChoices):
    """What a municipality tells about itself; the last two are people."""

    STREET = "street", _("street and number")
    POSTCODE = "postcode", _("postcode")
    TOWN = "town", _("town")
    EMAIL = "email", _("e-mail of the town hall")
    PHONE = "phone", _("phone of the town hall")
    WEBSITE = "website", _("website")
    POPULATION_NOTE = "population_note", _("note about the inhabitants")
    MAIN_CONTACT = "main_contact", _("main contact")
    CLIMATE_MANAGER = "climate_manager", _("climate manager")


PEOPLE = (MasterField.MAIN_CONTACT, MasterField.CLIMATE_MANAGER)


@tracked()
class CommuneProfile(AgencyModel):
    """What an agency knows about a municipality beyond the official register; changed by accepted proposals."""

    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, related_name="profiles", verbose_name=_("municipality")
    )
    street = models.CharField(MasterField.STREET.label, max_length=120, blank=True)
    postcode = models.CharField(MasterField.POSTCODE.label, max_length=10, blank=True)
    town = models.CharField(MasterField.TOWN.label, max_length=80, blank=True)
    email = models.EmailField(MasterField.EMAIL.label, blank=True)
    phone = models.CharField(MasterField.PHONE.label, max_length=40, blank=True)
    website = models.URLField(MasterField.WEBSITE.label, blank=True)
    population_note = models.CharField(MasterField.POPULATION_NOTE.label, max_length=300, blank=True)
    main_contact = models.ForeignKey(
        Contact,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=MasterField.MAIN_CONTACT.label,
    )
    climate_manager = models.ForeignKey(
        Contact,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=MasterField.CLIMATE_MANAGER.label,
    )

    class Meta(AgencyModel.Meta):
        verbose_name = _("master data of a municipality")
        verbose_name_plural = _("master data of municipalities")
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.UniqueConstraint(fields=["agency", "commune"], name="one_profile_a_commune"),
        ]

    def __str__(self) -> str:
        return str(self.commune)


@tracked()
class DataProposal(LifeCycle, AgencyModel):
    """A municipality's wish to have its data changed; staff decide about each field."""

    class Status(models.TextChoices):
        RECEIVED = "received", _("waits for a decision")
        DECIDED = "decided", _("decided")

    TRANSITIONS: ClassVar = {Status.RECEIVED: {Status.DECIDED}}

    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, related_name="data_proposals", verbose_name=_("municipality")
    )
    access = models.ForeignKey(
        MunicipalAccess, on_delete=models.PROTECT, related_name="proposals", verbose_name=_("proposed by")
    )
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.RECEIVED, editable=False)
    note = models.TextField(_("note"), blank=True, max_length=2000)
    sent_at = models.DateTimeField(_("received at"), default=timezone.now, editable=False)

    class Meta(AgencyModel.Meta):
        verbose_name = _("proposal of a municipality")
        verbose_name_plural = _("proposals of municipalities")
        ordering: ClassVar = ["-sent_at", "-pk"]
        indexes: ClassVar = [
            models.Index(fields=["agency", "status", "-sent_at"], name="proposal_work_list"),
        ]

    def __str__(self) -> str:
        return f"{self.commune}, {date_format(timezone.localdate(self.sent_at), 'SHORT_DATE_FORMAT')}"


@tracked()
class ProposedChange(AgencyModel):
    """One field of a proposal: its value when the municipality wrote, the wished one, and what staff decided.

    Values are texts; those of people are dicts with name, email and phone.
    """

    class Verdict(models.TextChoices):
        OPEN = "open", _("waits for a decision")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("not accepted")
        REPLACED = "replaced", _("replaced by the municipality")

    proposal = models.ForeignKey(
        DataProposal, on_delete=models.CASCADE, related_name="changes", verbose_name=_("proposal")
    )
    field = models.CharField(_("field"), max_length=20, choices=MasterField)
    old: Any = models.JSONField(_("before"), default=str, blank=True)
    new: Any = models.JSONField(_("proposed"), default=str, blank=True)
    verdict = models.CharField(_("decision"), max_length=8, choices=Verdict, default=Verdict.OPEN)
    decided_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    class Meta(AgencyModel.Meta):
        verbose_name = _("proposed change")
        verbose_name_plural = _("proposed changes")
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.UniqueConstraint(fields=["proposal", "field"], name="one_change_a_field"),
        ]

    def __str__(self) -> str:
        return str(self.get_field_display())
