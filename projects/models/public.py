"""What everybody may read: released projects and ideas, from views that list their columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.postgres.fields import ArrayField
from django.db import models

from agencies.models import Programme, Topic
from communes.models import Commune
from projects.models.project import Project

if TYPE_CHECKING:
    pass


class PublicProject(models.Model):
    """What the public may read of a released project; a view that names no person, over all agencies."""

    programme = models.ForeignKey(Programme, on_delete=models.DO_NOTHING, related_name="+")
    commune = models.ForeignKey(Commune, on_delete=models.DO_NOTHING, related_name="+")
    topic = models.ForeignKey(Topic, on_delete=models.DO_NOTHING, related_name="+")
    status = models.CharField(max_length=16, choices=Project.Status)
    title = models.CharField(max_length=160)
    public_summary = models.TextField()
    partners = ArrayField(models.CharField(max_length=120))
    released_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "projects_publicproject"

    def __str__(self) -> str:
        return self.title


class PublicIdea(models.Model):
    """What the public may read of a released idea; a view that names its author only where that was agreed to."""

    programme = models.ForeignKey(Programme, on_delete=models.DO_NOTHING, related_name="+")
    commune = models.ForeignKey(Commune, on_delete=models.DO_NOTHING, null=True, related_name="+")
    topic = models.ForeignKey(Topic, on_delete=models.DO_NOTHING, null=True, related_name="+")
    title = models.CharField(max_length=160)
    text = models.TextField()
    author = models.CharField(max_length=120)
    is_adopted = models.BooleanField()
    received_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "projects_publicidea"

    def __str__(self) -> str:
        return self.title
