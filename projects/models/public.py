"""What everybody may read: released projects with their files and copies, and ideas, from views of listed columns."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import OuterRef, Subquery
from django.urls import reverse

from agencies.models import Agency, Programme, Topic
from communes.models import Commune
from projects.measures.kinds import MeasureKind, Quality
from projects.models.measure import Calculation
from projects.models.project import Project


class IdeaCredit(models.Model):
    """After whose idea a project began: a view of the authors who agreed to be named."""

    project_id = models.BigIntegerField()
    author = models.CharField(max_length=120)

    class Meta:
        managed = False
        db_table = "projects_ideacredit"

    def __str__(self) -> str:
        return self.author


class PublicProjectQuerySet(models.QuerySet["PublicProject"]):
    """Reads of released projects."""

    def with_credit(self) -> PublicProjectQuerySet:
        """Add `credit`: after whose idea the project began, or None."""
        found = IdeaCredit.objects.filter(project_id=OuterRef("pk")).order_by("pk")
        return self.annotate(credit=Subquery(found.values("author")[:1]))


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

    objects = PublicProjectQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "projects_publicproject"

    def __str__(self) -> str:
        return self.title


class PublicSaving(Calculation, models.Model):
    """The present saving of a released project's measure, with the whole calculation, over all agencies."""

    project = models.ForeignKey(PublicProject, on_delete=models.DO_NOTHING, related_name="savings")
    agency = models.ForeignKey(Agency, on_delete=models.DO_NOTHING, related_name="+")
    is_done = models.BooleanField()
    kg_per_year = models.DecimalField(max_digits=14, decimal_places=3)  # type: ignore[assignment]
    quality = models.CharField(max_length=12, choices=Quality.choices)
    is_estimate = models.BooleanField()
    kind = models.CharField(max_length=40, choices=MeasureKind.choices)
    formula = models.CharField(max_length=200)
    formula_version = models.PositiveSmallIntegerField()
    inputs = models.JSONField()
    factors = models.JSONField()  # type: ignore[assignment]
    calculated_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "projects_publicsaving"
        ordering: ClassVar = ["-is_done", "-kg_per_year"]

    def __str__(self) -> str:
        return self.get_kind_display()


class PublicPhoto(models.Model):
    """A photo that staff have released with its project, over all agencies."""

    project = models.ForeignKey(PublicProject, on_delete=models.DO_NOTHING, related_name="photos")
    file = models.CharField(max_length=100)
    alt = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField()

    class Meta:
        managed = False
        db_table = "projects_publicphoto"
        ordering: ClassVar = ["position", "pk"]

    def __str__(self) -> str:
        return self.alt


class PublicDocument(models.Model):
    """A document that staff have released with its project, over all agencies."""

    project = models.ForeignKey(PublicProject, on_delete=models.DO_NOTHING, related_name="documents")
    title = models.CharField(max_length=120)
    file = models.CharField(max_length=100)

    class Meta:
        managed = False
        db_table = "projects_publicdocument"
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.title


class ProjectCopy(models.Model):
    """That a project took up another one's idea, over all agencies.

    Its municipality is named only to its own agency and once the copy is released; otherwise there is none.
    """

    source_id = models.BigIntegerField()
    commune = models.ForeignKey(Commune, on_delete=models.DO_NOTHING, null=True, related_name="+")

    class Meta:
        managed = False
        db_table = "projects_copy"

    def __str__(self) -> str:
        return str(self.commune or "")


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
    released_at = models.DateTimeField()
    agency = models.ForeignKey(Agency, on_delete=models.DO_NOTHING, related_name="+")
    photo = models.CharField(max_length=100)
    photo_alt = models.CharField(max_length=200)
    project = models.ForeignKey(PublicProject, on_delete=models.DO_NOTHING, null=True, related_name="+")

    class Meta:
        managed = False
        db_table = "projects_publicidea"

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the address of the idea's page."""
        return reverse("projects:idea", args=[self.pk])
