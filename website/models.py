"""What this floor knows of all rooms at once: the running portal as counts, and who has gone quiet."""

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from communes.models import Partnership
from klikks.tenancy import AgencyManager
from patrons.models import Patron


class SystemState(models.Model):
    """An agency's mails and jobs as counts and ages: a database view without a column that leads to a person."""

    agency = models.OneToOneField(
        Agency, on_delete=models.DO_NOTHING, primary_key=True, related_name="+", verbose_name=_("agency")
    )
    accounts = models.IntegerField(_("active accounts"))
    mails_waiting = models.IntegerField(_("mails waiting"))
    oldest_mail_at = models.DateTimeField(_("oldest waiting mail"), null=True)
    mails_failed = models.IntegerField(_("mails failed"))
    jobs_unfinished = models.IntegerField(_("jobs waiting or running"))
    oldest_job_at = models.DateTimeField(_("oldest unfinished job"), null=True)
    jobs_failed = models.IntegerField(_("jobs failed"))

    class Meta:
        managed = False
        db_table = "website_systemstate"
        verbose_name = _("state of the portal")
        verbose_name_plural = _("state of the portal")

    def __str__(self) -> str:
        return str(self.agency)


class QuietCase(models.Model):
    """A patron in office or a partner municipality of whom nothing was heard for longer than the agency allows.

    A database view behind the walls of whoever asks: what counts as activity stands in its migration.
    """

    class Kind(models.TextChoices):
        PATRON = "patron", _("climate patron")
        PARTNERSHIP = "partnership", _("partner municipality")

    class What(models.TextChoices):
        NOTHING = "", _("nothing yet")
        OUTREACH = "outreach", _("call or visit")
        STEP = "step", _("step of the case")
        BACKING = "backing", _("political backing")
        APPOINTMENT = "appointment", _("appointment")
        PROJECT = "project", _("work on a project")
        HOURS = "hours", _("hours logged")
        TRAINING = "training", _("training")
        LOGIN = "login", _("signed in")

    key = models.CharField(max_length=32, primary_key=True)
    agency = models.ForeignKey(Agency, on_delete=models.DO_NOTHING, related_name="+")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    subject_id = models.BigIntegerField()
    name = models.CharField(_("name"), max_length=161)
    since = models.DateTimeField(_("quiet since"))
    what = models.CharField(_("last activity"), max_length=12, choices=What)
    manager = models.ForeignKey(
        "agencies.Membership",
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        verbose_name=_("looked after by"),
    )

    objects = AgencyManager()

    class Meta:
        managed = False
        db_table = "website_quietcase"
        verbose_name = _("who has gone quiet")
        verbose_name_plural = _("who has gone quiet")
        ordering: ClassVar = ["since", "key"]

    def __str__(self) -> str:
        return self.name

    @property
    def model(self) -> type[models.Model]:
        """The model of which it is about one row."""
        return Patron if self.kind == self.Kind.PATRON else Partnership

    @property
    def weeks(self) -> int:
        """For how many whole weeks nothing was heard."""
        return (timezone.now() - self.since).days // 7
