"""What deadlines, tasks, mails, jobs and documents share: the object of any room that they are about."""

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models

from klikks.tenancy import AgencyModel


class SubjectModel(AgencyModel):
    """Base of rows about an object of any room."""

    subject_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    subject_id = models.BigIntegerField(null=True, blank=True)
    subject = GenericForeignKey("subject_type", "subject_id")

    class Meta(AgencyModel.Meta):
        abstract = True
