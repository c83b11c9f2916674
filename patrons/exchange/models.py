"""What patrons of one programme show each other: profiles, questions and answers, who follows what, reports.

Posts are shared by all agencies of the programme. Whatever concerns one person alone, such as a profile's switches
or what somebody follows, stays with the person's agency.
"""

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Programme, State
from klikks.history import tracked
from klikks.tenancy import CURRENT_AGENCY, SAME_AGENCY, AgencyModel, ProgrammeWall, Wall, tenant_match_sql

# The board for everything that fits no topic of the programme.
GENERAL = "general"
LONGEST_TITLE, LONGEST_TEXT, LONGEST_LINE, LONGEST_NOTE = 120, 4000, 300, 500


@tracked()
class Profile(AgencyModel):
    """What a patron shows to the patrons of all states, and how often the digest comes. Nothing is shown unasked."""

    class Digest(models.TextChoices):
        DAILY = "daily", _("every day")
        WEEKLY = "weekly", _("once a week")
        OFF = "off", _("never")

    patron = models.OneToOneField(
        "patrons.Patron", on_delete=models.CASCADE, related_name="profile", verbose_name=_("climate patron")
    )
    is_listed = models.BooleanField(_("my name"), default=False)
    shows_municipality = models.BooleanField(_("my municipality"), default=False)
    shows_topics = models.BooleanField(_("my topics"), default=False)
    shows_about = models.BooleanField(_("the line about me"), default=False)
    shows_email = models.BooleanField(_("my e-mail address"), default=False)
    shows_phone = models.BooleanField(_("my phone number"), default=False)
    about = models.CharField(_("a line about me"), max_length=LONGEST_LINE, blank=True)
    digest = models.CharField(_("mail with what is new"), max_length=8, choices=Digest, default=Digest.WEEKLY)
    # Everything before this moment has been told, or was there before the patron came.
    told_until = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(AgencyModel.Meta):
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")

    def __str__(self) -> str:
        return str(self.patron)


class Face(models.Model):
    """A patron as patrons of all agencies of the programme see them: a view that blanks what was not released."""

    patron_id = models.BigIntegerField(primary_key=True)
    programme = models.ForeignKey(Programme, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)
    state = models.ForeignKey(State, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False, null=True)
    agency_name = models.CharField(max_length=40)
    is_listed = models.BooleanField()
    has_left = models.BooleanField()
    name = models.CharField(max_length=161)
    sort_name = models.CharField(max_length=200)
    municipality = models.CharField(max_length=400)
    topics = ArrayField(models.SlugField(max_length=40))
    about = models.CharField(max_length=LONGEST_LINE)
    email = models.CharField(max_length=254)
    phone = models.CharField(max_length=128)

    class Meta:
        managed = False
        db_table = "patrons_face"
        ordering: ClassVar = ["sort_name", "patron_id"]

    def __str__(self) -> str:
        """Return the name, or what stands for it where the person shows none."""
        if self.name:
            return self.name
        if self.has_left:
            return str(_("former climate patron"))
        return str(_("climate patron from %(place)s") % {"place": self.place})

    @property
    def place(self) -> str:
        """The state, or the agency where it belongs to none."""
        return str(self.state or self.agency_name)


class PostQuerySet(models.QuerySet[Any]):
    """Reads of posts in the exchange's words."""

    def questions(self) -> "PostQuerySet":
        """Posts that open a thread."""
        return self.filter(question__isnull=True)

    def shown(self) -> "PostQuerySet":
        """Posts that neither their author nor the staff have taken away."""
        return self.filter(removed_at__isnull=True, hidden_at__isnull=True)


@tracked()
class Post(models.Model):
    """A question, or an answer to one. Agencies of the programme read it; the author's agency moderates it."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="+", editable=False)
    author = models.ForeignKey(
        "patrons.Patron", on_delete=models.PROTECT, related_name="posts", verbose_name=_("written by"), editable=False
    )
    question = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="answers", verbose_name=_("question")
    )
    board = models.CharField(_("board"), max_length=40, blank=True)
    title = models.CharField(_("title"), max_length=LONGEST_TITLE, blank=True)
    body = models.TextField(_("text"), blank=True, validators=[MaxLengthValidator(LONGEST_TEXT)])
    mentions = ArrayField(models.BigIntegerField(), default=list, blank=True, editable=False)
    helpful = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("helpful answer")
    )
    created_at = models.DateTimeField(_("written at"), default=timezone.now, editable=False)
    edited_at = models.DateTimeField(_("changed at"), null=True, blank=True, editable=False)
    removed_at = models.DateTimeField(_("deleted at"), null=True, blank=True, editable=False)
    hidden_at = models.DateTimeField(_("hidden at"), null=True, blank=True, editable=False)
    hidden_reason = models.CharField(_("reason for hiding"), max_length=LONGEST_NOTE, blank=True, editable=False)
    reviewed_at = models.DateTimeField(_("looked at by staff"), null=True, blank=True, editable=False)

    objects = models.Manager.from_queryset(PostQuerySet)()

    class Meta:
        verbose_name = _("post of the exchange")
        verbose_name_plural = _("posts of the exchange")
        ordering: ClassVar = ["created_at", "pk"]
        constraints: ClassVar = [
            ProgrammeWall(name="patrons_post_wall"),
            models.CheckConstraint(
                condition=Q(question__isnull=True) ^ Q(board=""),
                name="a_question_stands_on_a_board",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["programme", "board", "created_at"], name="post_board"),
            models.Index(fields=["programme", "created_at"], name="post_latest"),
            GinIndex(fields=["mentions"], name="post_mentions"),
        ]

    def __str__(self) -> str:
        return self.title or self.body[:60] or str(_("deleted"))

    @property
    def is_shown(self) -> bool:
        """Whether readers see what was written."""
        return self.removed_at is None and self.hidden_at is None

    @property
    def thread_id(self) -> int:
        """The primary key of the question this post is or answers."""
        return int(self.question_id or self.pk)

    def get_absolute_url(self) -> str:
        """Return the address of the post within its thread."""
        return f"{reverse('patrons:thread', args=[self.thread_id])}#post-{self.pk}"


@tracked()
class Follow(AgencyModel):
    """A patron wishes to hear what is new in a thread or on a board."""

    patron = models.ForeignKey("patrons.Patron", on_delete=models.CASCADE, related_name="follows")
    question = models.ForeignKey(Post, on_delete=models.CASCADE, null=True, related_name="follows")
    board = models.CharField(max_length=40, blank=True)

    class Meta(AgencyModel.Meta):
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.CheckConstraint(condition=Q(question__isnull=True) ^ Q(board=""), name="follows_one_thing"),
            models.UniqueConstraint(
                fields=["patron", "question"], condition=Q(question__isnull=False), name="one_follow_a_thread"
            ),
            models.UniqueConstraint(fields=["patron", "board"], condition=~Q(board=""), name="one_follow_a_board"),
        ]

    def __str__(self) -> str:
        return self.board or str(self.question_id)


class ComplaintWall(Wall):
    """The agency of the person who reports keeps the row; the agency of the post's author reads it, to see to it."""

    READ = f"{SAME_AGENCY} OR {tenant_match_sql('post_agency_id', CURRENT_AGENCY, 'bigint')}"
    WRITE = SAME_AGENCY


@tracked()
class Complaint(models.Model):
    """A patron reports a post. It is settled once staff have looked at the post afterwards."""

    class Reason(models.TextChoices):
        OFFENSIVE = "offensive", _("It insults or threatens somebody.")
        PRIVATE = "private", _("It contains personal details of others.")
        ADVERTISING = "advertising", _("It is advertising.")
        WRONG = "wrong", _("It is wrong or misleading.")
        OTHER = "other", _("Something else.")

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", editable=False)
    post_agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", editable=False)
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="complaints", editable=False)
    patron = models.ForeignKey("patrons.Patron", on_delete=models.CASCADE, related_name="+", editable=False)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason)
    note = models.CharField(_("note"), max_length=LONGEST_NOTE, blank=True)
    created_at = models.DateTimeField(_("reported at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("reported post")
        verbose_name_plural = _("reported posts")
        ordering: ClassVar = ["created_at", "pk"]
        constraints: ClassVar = [
            ComplaintWall(name="patrons_complaint_wall"),
            models.UniqueConstraint(fields=["post", "patron"], name="one_complaint_a_post_and_patron"),
        ]
        indexes: ClassVar = [models.Index(fields=["post_agency", "created_at"], name="complaint_queue")]

    def __str__(self) -> str:
        return str(self.get_reason_display())
