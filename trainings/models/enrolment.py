"""Who takes part in a session: places, the waiting list, and people without a record of their own."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agencies.models import LifeCycle, Membership
from communes.models import Commune
from klikks import links
from klikks.history import tracked
from klikks.tenancy import AgencyManager, AgencyModel, AgencyQuerySet
from patrons.models import Patron
from trainings.models.series import TrainingSession

# Signs the links in mails to the page of one place.
PLACE_PURPOSE = "training-place"


@tracked()
class Guest(AgencyModel):
    """Somebody who takes part without being a patron or staff: of a municipality, a citizen, or from abroad.

    Belongs to the organiser's agency, or to the own agency of the municipality's account that has enrolled the person.
    """

    name = models.CharField(_("name"), max_length=160)
    email = models.EmailField(_("e-mail"))
    organisation = models.CharField(_("municipality or organisation"), max_length=160, blank=True)
    country = models.CharField(_("country"), max_length=2, default="DE")
    language = models.CharField(_("language of the mails"), max_length=2, choices=settings.LANGUAGES, default="de")
    commune = models.ForeignKey(
        Commune,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="training_guests",
        verbose_name=_("enrolled by the municipality"),
        editable=False,
    )
    consented_at = models.DateTimeField(_("consented at"), null=True, blank=True, editable=False)

    class Meta(AgencyModel.Meta):
        verbose_name = _("participant without a record")
        verbose_name_plural = _("participants without a record")
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class EnrolmentQuerySet(AgencyQuerySet):
    """Reads of enrolments in the domain's words."""

    def live(self) -> "EnrolmentQuerySet":
        """Those that were not cancelled."""
        return self.exclude(status=Enrolment.Status.CANCELLED)

    def taking_part(self) -> "EnrolmentQuerySet":
        """Those with a place, whether the session is to come or was held."""
        return self.filter(status__in=Enrolment.TAKES_PART)

    def with_people(self) -> "EnrolmentQuerySet":
        """Load each with its person and session, for names, addresses and mails."""
        return self.select_related("patron__user", "member__user", "guest", "session__series", "session__agency")  # type: ignore[return-value]


@tracked()
class Enrolment(LifeCycle, AgencyModel):
    """A person's place in a session; belongs to the person's own agency, a guest's to the one that keeps the guest."""

    class Status(models.TextChoices):
        UNCONFIRMED = "unconfirmed", _("waits for confirmation by e-mail")
        ENROLLED = "enrolled", _("enrolled")
        WAITING = "waiting", _("on the waiting list")
        OFFERED = "offered", _("place offered, answer expected")
        ATTENDED = "attended", _("attended")
        ABSENT = "absent", _("absent")
        CANCELLED = "cancelled", _("cancelled")

    TRANSITIONS: ClassVar = {
        Status.UNCONFIRMED: {Status.ENROLLED, Status.WAITING, Status.CANCELLED},
        Status.ENROLLED: {Status.ATTENDED, Status.ABSENT, Status.CANCELLED},
        Status.WAITING: {Status.OFFERED, Status.ENROLLED, Status.CANCELLED},
        Status.OFFERED: {Status.ENROLLED, Status.CANCELLED},
        # What was noted on the day may be put right.
        Status.ATTENDED: {Status.ENROLLED, Status.ABSENT},
        Status.ABSENT: {Status.ATTENDED},
    }
    TAKES_PART: ClassVar = [Status.ENROLLED, Status.ATTENDED, Status.ABSENT]
    TO_COME: ClassVar = [Status.ENROLLED, Status.WAITING, Status.OFFERED]

    session = models.ForeignKey(
        TrainingSession, on_delete=models.PROTECT, related_name="enrolments", verbose_name=_("session")
    )
    patron = models.ForeignKey(
        Patron,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="enrolments",
        verbose_name=_("climate patron"),
    )
    member = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="enrolments",
        verbose_name=_("member of staff"),
    )
    guest = models.ForeignKey(
        Guest,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="enrolments",
        verbose_name=_("participant without a record"),
    )
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.ENROLLED, editable=False)
    answer_by = models.DateTimeField(_("answer by"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    objects = AgencyManager.from_queryset(EnrolmentQuerySet)()

    class Meta(AgencyModel.Meta):
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        constraints: ClassVar = [
            *AgencyModel.Meta.constraints,
            models.CheckConstraint(
                condition=Q(patron__isnull=False, member__isnull=True, guest__isnull=True)
                | Q(patron__isnull=True, member__isnull=False, guest__isnull=True)
                | Q(patron__isnull=True, member__isnull=True, guest__isnull=False),
                name="enrolment_of_one_person",
            ),
            models.CheckConstraint(
                condition=~Q(status="offered") | Q(answer_by__isnull=False), name="offer_ends_some_time"
            ),
            models.UniqueConstraint(
                fields=["session", "patron"], condition=~Q(status="cancelled"), name="one_enrolment_a_patron"
            ),
            models.UniqueConstraint(
                fields=["session", "member"], condition=~Q(status="cancelled"), name="one_enrolment_a_member"
            ),
            models.UniqueConstraint(
                fields=["session", "guest"], condition=~Q(status="cancelled"), name="one_enrolment_a_guest"
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["session", "created_at"],
                condition=Q(status__in=["waiting", "offered"]),
                name="enrolment_waiting_list",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.session}"

    def get_absolute_url(self) -> str:
        """Return the path of the page of this place, which is as secret as the mail that names it."""
        token = links.sign(PLACE_PURPOSE, self.agency_id, self.pk)
        return reverse("trainings:place", args=[token])

    @property
    def person(self) -> Patron | Membership | Guest:
        """Whoever takes part."""
        person = self.patron or self.member or self.guest
        assert person is not None  # noqa: S101  (the database refuses an enrolment without anybody)
        return person

    @property
    def email(self) -> str:
        """The person's address."""
        return self.member.user.email if self.member else self.person.email  # type: ignore[union-attr]

    @property
    def language(self) -> str:
        """The language in which the person is written to."""
        return self.member.user.language if self.member else self.person.language  # type: ignore[union-attr]


class TakenPlaces(models.Model):
    """How many places of a session are taken or offered, counted over all agencies by a view that names nobody."""

    session = models.OneToOneField(
        TrainingSession, on_delete=models.DO_NOTHING, primary_key=True, related_name="taken_places"
    )
    taken = models.IntegerField()

    class Meta:
        managed = False
        db_table = "trainings_takenplaces"

    def __str__(self) -> str:
        return str(self.taken)


class Place(models.Model):
    """The key of an enrolment of whichever agency, with its status: the queue of a session, without a name in it.

    Whoever is next may be another agency's person. The key leads to nothing but in that agency's own context.
    """

    agency_id = models.BigIntegerField()
    session = models.ForeignKey(
        TrainingSession, on_delete=models.DO_NOTHING, related_name="all_places", db_constraint=False
    )
    status = models.CharField(max_length=12, choices=Enrolment.Status)
    answer_by = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "trainings_place"
        ordering: ClassVar = ["created_at", "pk"]

    def __str__(self) -> str:
        return f"{self.pk}: {self.status}"


class Attendee(models.Model):
    """A person with a place in a session of the reader's own agency, whichever agency the person belongs to.

    All that an organiser learns of other agencies' people: the name and the agency, from two weeks before the session
    until eight weeks after it. Nobody on the waiting list is named. `pk` is the enrolment's; `dates` are those at which
    the person was: keys of further dates, 0 for the first one.
    """

    agency_id = models.BigIntegerField()
    session = models.ForeignKey(
        TrainingSession, on_delete=models.DO_NOTHING, related_name="attendees", db_constraint=False
    )
    name = models.CharField(_("name"), max_length=170)
    agency_name = models.CharField(_("agency"), max_length=40)
    status = models.CharField(_("status"), max_length=12, choices=Enrolment.Status)
    dates = ArrayField(models.BigIntegerField())

    class Meta:
        managed = False
        db_table = "trainings_attendee"
        ordering: ClassVar = ["name", "pk"]

    def __str__(self) -> str:
        return self.name
