"""What the operator sees of the running portal: counts of each agency, and nothing of what they hold."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency


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
