"""Two records of one person become one: somebody registered twice with two addresses.

One record is kept; all that hangs on the other one moves to it, whichever room it belongs to: everything that points
to a patron is found by itself, so that a new room is not forgotten. The other record stays, marked as doubled and
empty, with its own course and history. Nothing is deleted, except that a row which the kept record has already (the
same project led twice) goes; the history of rows keeps it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pghistory.models
from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from agencies.models import LifeCycle, Membership, Transition, User
from agencies.models.accounts import Role
from agencies.permissions import require
from deadlines.models import Deadline, Task
from patrons.models import Appointment, Patron

# How far somebody has come: the kept record takes the farther status of the two.
WAY = ["withdrawn", "farewell", "interested", "confirmed", "talk_held", "matched", "appointed", "pausing", "active"]
DOUBLES_SHOWN = 5


@dataclass(frozen=True)
class Plan:
    """What merging would do: what moves (label and number), and what the reader should know before."""

    keep: Patron
    other: Patron
    moves: list[tuple[str, int]]
    notes: list[str]


@dataclass(frozen=True)
class Double:
    """Another record that may be of the same person, and why."""

    patron: Patron
    reasons: list[str]


def likely_doubles(patron: Patron) -> list[Double]:
    """Return other records of the same programme with the same name or phone; one query."""
    alike = Q(sort_name=patron.sort_name)
    if patron.phone:
        alike |= Q(phone=patron.phone)
    others = Patron.objects.filter(alike, programme=patron.programme_id).exclude(pk=patron.pk)
    living = others.exclude(status=Patron.Status.MERGED).select_related("home").order_by("pk")
    return [Double(other, _reasons(patron, other)) for other in living[:DOUBLES_SHOWN]]


def preview(keep: Patron, other: Patron) -> Plan:
    """Say what merging would do, without doing it."""
    counts: dict[str, int] = {}
    for model, condition, _field in _pointers(other):
        if count := model._default_manager.filter(**condition).count():
            label = str(capfirst(model._meta.verbose_name_plural))
            counts[label] = counts.get(label, 0) + count
    notes = [
        _("%(commune)s: both records hold an appointment for the same days. That of the kept record stays; the other "
          "one is revoked as doubled, and its certificate shows that.")
        % {"commune": appointment.commune}
        for appointment in _overlapping(keep, other)
    ]  # fmt: skip
    if other.user_id and keep.user_id:
        notes.append(
            _("Both can sign in. The account of %(keep)s stays, that of %(other)s is closed.")
            % {"keep": keep.email, "other": other.email}
        )
    elif other.user_id:
        notes.append(_("The account of %(other)s moves to the kept record.") % {"other": other.email})
    if _is_farther(other.status, keep.status):
        notes.append(
            _("The kept record becomes “%(status)s”, as the other one is now.") % {"status": other.get_status_display()}
        )
    return Plan(keep, other, sorted(counts.items()), notes)


@transaction.atomic
def merge(keep: Patron, other: Patron, *, by: User) -> Patron:
    """Join two records of one person: everything of `other` moves to `keep`. Cannot be undone.

    Raises NotAllowed, and ValidationError for records that are the same, of different programmes, or merged before.
    """
    for patron in (keep, other):
        require(by, "patron", "merge", patron)
    locked = Patron.objects.select_for_update(of=("self",)).select_related("programme", "home", "user")
    found = {patron.pk: patron for patron in locked.filter(pk__in=[keep.pk, other.pk]).order_by("pk")}
    if len(found) < 2:
        raise ValidationError(_("Please choose two different records of your agency."))
    keep, other = found[keep.pk], found[other.pk]
    check(keep, other)
    _revoke_overlapping(keep, other)
    for model, condition, field in _pointers(other):
        _move(model, condition, field, keep, by)
    status, commune = other.status, other.matched_commune
    user, details = other.user, _joined_details(keep, other)
    reason = _("two records of one person joined: %(email)s") % {"email": other.email}
    other.move_to(
        Patron.Status.MERGED, by=by, reason=reason, merged_into=keep, user=None, confirmed_at=None, matched_commune=None
    )
    for name, value in details.items():
        setattr(keep, name, value)
    _join_accounts(keep, user)
    if _is_farther(status, keep.status):
        Transition.objects.create(
            agency_id=keep.agency_id, subject=keep, source=keep.status, target=status, by=by, reason=reason
        )
        keep.status, keep.matched_commune = status, commune or keep.matched_commune
    keep.save()
    return keep


def check(keep: Patron, other: Patron) -> None:
    """Refuse records that cannot be joined. Raises ValidationError."""
    if keep.pk == other.pk:
        raise ValidationError(_("Please choose two different records of your agency."))
    for patron in (keep, other):
        if patron.status == Patron.Status.MERGED:
            raise ValidationError(_("%(patron)s was joined with another record before.") % {"patron": patron})
    if keep.programme_id != other.programme_id:
        raise ValidationError(_("These records belong to different programmes: one person may take part in both."))


def _is_farther(one: str, two: str) -> bool:
    """Whether somebody has come farther with the first status than with the second."""
    return WAY.index(one) > WAY.index(two)


def _pointers(patron: Patron) -> Iterator[tuple[type[models.Model], dict[str, Any], str]]:
    """Yield every way in which a row can belong to a patron: the model, the condition, and the field to change."""
    for relation in Patron._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ForeignObjectRel) and _is_moved(relation.related_model):
            yield relation.related_model, {relation.field.name: patron.pk}, relation.field.attname
    kind = ContentType.objects.get_for_model(Patron)
    for model in apps.get_models():
        for field in model._meta.private_fields:
            if isinstance(field, GenericForeignKey) and _is_moved(model):
                yield model, {field.ct_field: kind, field.fk_field: patron.pk}, field.fk_field


def _is_moved(model: type[models.Model]) -> bool:
    """Whether rows of a model move: not the history, not the course of the other record, and not what a view shows."""
    return model._meta.managed and model is not Transition and not issubclass(model, pghistory.models.Event)


def _move(model: type[models.Model], condition: dict[str, Any], field: str, keep: Patron, by: User) -> None:
    """Let rows belong to the kept record: all at once, or one by one where it has some of them already."""
    rows = model._default_manager.filter(**condition)
    if _try(lambda: rows.update(**{field: keep.pk})):
        return
    for row in rows.select_for_update(of=("self",)):
        if _try(lambda row=row: model._default_manager.filter(pk=row.pk).update(**{field: keep.pk})):
            continue
        if isinstance(row, LifeCycle) and row.may_move_to("cancelled"):
            row.move_to("cancelled", by=by, reason=_("doubled"))
            model._default_manager.filter(pk=row.pk).update(**{field: keep.pk})
        else:
            row.delete()


def _try(change: Any) -> bool:
    """Make a change unless a rule of the database forbids it; say whether it was made."""
    try:
        with transaction.atomic():
            change()
    except IntegrityError:
        return False
    return True


def _overlapping(keep: Patron, other: Patron) -> list[Appointment]:
    """Return the other record's appointments on days on which the kept one serves in the same municipality."""
    theirs = Appointment.objects.valid().filter(patron=keep)
    return [
        appointment
        for appointment in Appointment.objects.valid().filter(patron=other).select_related("commune")
        if any(_share_days(appointment, kept) for kept in theirs if kept.commune_id == appointment.commune_id)
    ]


def _share_days(one: Appointment, two: Appointment) -> bool:
    starts = max(one.appointed_on, two.appointed_on)
    return all(each.ended_on is None or starts < each.ended_on for each in (one, two))


def _revoke_overlapping(keep: Patron, other: Patron) -> None:
    today = timezone.localdate()
    for appointment in _overlapping(keep, other):
        appointment.ended_on = appointment.ended_on or max(today, appointment.appointed_on)
        appointment.revoked_on, appointment.end_reason = today, _("doubled: the same person held this office already")
        appointment.save()


def _joined_details(keep: Patron, other: Patron) -> dict[str, Any]:
    """Return what the kept record knows of the person, with what only the other one knew."""
    confirmed = [at for at in (keep.confirmed_at, other.confirmed_at) if at]
    words = [text for text in dict.fromkeys([keep.motivation.strip(), other.motivation.strip()]) if text]
    return {
        "phone": keep.phone or other.phone,
        "topics": list(dict.fromkeys([*keep.topics, *other.topics])),
        "skills": list(dict.fromkeys([*keep.skills, *other.skills])),
        "languages": list(dict.fromkeys([*keep.languages, *other.languages])),
        "motivation": "\n\n".join(words)[:4000],
        "received_at": min(keep.received_at, other.received_at),
        "consented_at": max(keep.consented_at, other.consented_at),
        "confirmed_at": min(confirmed) if confirmed else None,
    }


def _join_accounts(keep: Patron, user: User | None) -> None:
    """Give the kept record the other's account if it has none; otherwise close that account, its dates go along."""
    if user is None:
        return
    if keep.user is None:
        keep.user = user
        return
    Membership.objects.filter(user=user, role=Role.PATRON).update(is_active=False)
    Deadline.objects.open().filter(owner=user).update(owner=keep.user)
    Task.objects.open().filter(owner=user).update(owner=keep.user)


def _reasons(patron: Patron, other: Patron) -> list[str]:
    """Say why another record may be of the same person."""
    reasons = []
    if patron.sort_name == other.sort_name:
        reasons.append(_("same name"))
    if patron.phone and patron.phone == other.phone:
        reasons.append(_("same phone"))
    if patron.home_id == other.home_id:
        reasons.append(_("same place of residence"))
    elif set(patron.home.postcodes) & set(other.home.postcodes):
        reasons.append(_("same postcode"))
    return reasons
