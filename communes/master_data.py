"""What a municipality tells about itself: proposed on its own pages, decided field by field on the desk.

Both sides lock the municipality's row first: two proposals, or a proposal and a decision, come one after the other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agencies.models import User
from agencies.permissions import require
from communes.access import tell_the_manager
from communes.exceptions import AlreadyDecided, NothingNew, ValueChanged
from communes.models import Commune, CommuneProfile, Contact, DataProposal, MunicipalAccess, ProposedChange
from communes.municipal import PEOPLE, MasterField
from deadlines import outbox
from klikks.names import clean_line, clean_name

Verdict = ProposedChange.Verdict
Value = str | dict[str, str]


@dataclass(frozen=True)
class Known:
    """What an agency knows about a municipality: its profile, or a new one, and the value of each field."""

    profile: CommuneProfile
    values: dict[str, Value]


def known_about(commune: Commune) -> Known:
    """Return a municipality's data as the agency knows them; two queries.

    As long as nobody has named a climate manager in a proposal, the contact with this function counts.
    """
    profiles = CommuneProfile.objects.select_related("main_contact", "climate_manager")
    profile = profiles.filter(commune=commune).first() or CommuneProfile(commune=commune)
    if profile.climate_manager is None:
        contacts = Contact.objects.filter(commune=commune, function=Contact.Function.CLIMATE_MANAGER)
        profile.climate_manager = contacts.order_by("-pk").first()
    values: dict[str, Value] = {
        field: _person(getattr(profile, field)) if field in PEOPLE else getattr(profile, field)
        for field in MasterField.values
    }
    return Known(profile, values)


def open_changes(commune: Commune) -> dict[str, ProposedChange]:
    """Return the changes of a municipality that wait for a decision, by field; one query."""
    changes = ProposedChange.objects.filter(proposal__commune=commune, verdict=Verdict.OPEN)
    return {change.field: change for change in changes.select_related("proposal__access")}


def in_words(value: Value) -> str:
    """Return a value as people read it; a dash for nothing."""
    words = ", ".join(filter(None, value.values())) if isinstance(value, dict) else value
    return words or "–"


@transaction.atomic
def propose(access: MunicipalAccess, *, by: User, values: Mapping[str, Value], note: str = "") -> DataProposal:
    """Note what a municipality wants changed, and tell the agency.

    `values` has the wished value of each field. A field that waits for a decision is replaced by the newer wish; one
    that is wished as it is known is taken back. Raises NotAllowed, NothingNew, ValidationError for what cannot be
    printed.
    """
    require(by, "dataproposal", "propose_own", access)
    _lock(access.commune)
    known, waiting = known_about(access.commune).values, open_changes(access.commune)
    wished = {field: _clean(field, values[field]) for field in MasterField.values if field in values}
    latest = known | {field: change.new for field, change in waiting.items()}
    changed = [field for field, new in wished.items() if new != latest[field]]
    if not changed:
        raise NothingNew(_("Nothing is different from what we know, or from what waits for a decision."))
    _replace([waiting[field] for field in changed if field in waiting])
    to_decide = [field for field in changed if wished[field] != known[field]]
    if not to_decide:
        return waiting[changed[0]].proposal
    proposal = DataProposal.objects.create(commune=access.commune, access=access, note=note.strip())
    changes = ProposedChange.objects.bulk_create(
        ProposedChange(proposal=proposal, agency_id=access.agency_id, field=field, old=known[field], new=wished[field])
        for field in to_decide
    )
    link = f"{settings.BASE_URL}{reverse('admin:communes_dataproposal_change', args=[proposal.pk])}"
    context = {"who": access.name, "lines": _lines(changes), "note": proposal.note, "link": link}
    tell_the_manager(access.commune, "municipality/proposal", proposal, context)
    return proposal


@transaction.atomic
def decide(
    proposal: DataProposal,
    *,
    by: User,
    verdicts: Mapping[int, str],
    seen: Mapping[str, Value],
    reason: str = "",
) -> DataProposal:
    """Accept or refuse changes of a proposal, and mail the outcome to the person who proposed.

    `verdicts` maps changes to accepted or refused; one that is not named goes on waiting. `seen` has the value of each
    field as the deciding person saw it. Raises NotAllowed, AlreadyDecided naming who was first, ValueChanged if the
    present value is another one than was seen.
    """
    require(by, "dataproposal", "decide", proposal)
    _lock(proposal.commune)
    changes = ProposedChange.objects.select_for_update(of=("self",)).filter(proposal=proposal, pk__in=verdicts)
    known = known_about(proposal.commune)
    decided = list(changes.select_related("decided_by"))
    if not decided:
        raise ValidationError(_("Please accept or refuse at least one change."))
    for change in decided:
        _check_is_open(change)
        if verdicts[change.pk] == Verdict.ACCEPTED:
            _check_was_seen(change, known, seen)
            _apply(change, known.profile)
        change.verdict, change.decided_by, change.decided_at = verdicts[change.pk], by, timezone.now()
        change.save()
    known.profile.save()
    _close_if_done(proposal, by, reason)
    _mail_outcome(proposal, decided, reason)
    return proposal


def _lock(commune: Commune) -> None:
    Commune.objects.select_for_update(no_key=True).get(pk=commune.pk)


def _person(contact: Contact | None) -> dict[str, str]:
    """Return a contact as the value of a field; empty for nobody."""
    if contact is None:
        return {"name": "", "email": "", "phone": ""}
    return {"name": contact.name, "email": contact.email, "phone": str(contact.phone or "")}


def _clean(field: str, value: Value) -> Value:
    """Return a wished value in one spelling. Raises ValidationError naming the field."""
    try:
        if isinstance(value, dict):
            name = clean_name(value["name"]) if value["name"].strip() else ""
            return {"name": name, "email": value["email"].strip(), "phone": value["phone"].strip()}
        return clean_line(value)
    except ValidationError as refusal:
        raise ValidationError({f"{field}_name" if isinstance(value, dict) else field: refusal.messages}) from None


def _replace(changes: list[ProposedChange]) -> None:
    """Mark changes that the municipality itself has replaced; a proposal of which nothing is left is closed."""
    now = timezone.now()
    ProposedChange.objects.filter(pk__in=[change.pk for change in changes]).update(
        verdict=Verdict.REPLACED, decided_at=now
    )
    for proposal in {change.proposal_id: change.proposal for change in changes}.values():
        _close_if_done(proposal, None, _("replaced by a newer proposal"))


def _close_if_done(proposal: DataProposal, by: User | None, reason: str) -> None:
    """Close a proposal of which no change waits any more."""
    if not proposal.changes.filter(verdict=Verdict.OPEN).exists():
        locked = DataProposal.objects.select_for_update().get(pk=proposal.pk)
        if locked.may_move_to(DataProposal.Status.DECIDED):
            locked.move_to(DataProposal.Status.DECIDED, by=by, reason=reason.strip())


def _check_is_open(change: ProposedChange) -> None:
    """Go on only if nobody has decided. Raises AlreadyDecided naming who has, and when."""
    if change.verdict == Verdict.OPEN:
        return
    raise AlreadyDecided(
        _("“%(field)s”: %(verdict)s on %(when)s by %(who)s. Nothing was changed.")
        % {
            "field": change.get_field_display(),
            "verdict": change.get_verdict_display(),
            "when": date_format(timezone.localtime(change.decided_at), "SHORT_DATETIME_FORMAT"),
            "who": change.decided_by.display_name if change.decided_by else _("the municipality itself"),
        }
    )


def _check_was_seen(change: ProposedChange, known: Known, seen: Mapping[str, Value]) -> None:
    """Go on only if the value to be replaced is the one that was shown. Raises ValueChanged."""
    if known.values[change.field] != seen.get(change.field):
        raise ValueChanged(
            _("“%(field)s” has changed meanwhile, to “%(value)s”. Nothing was saved; please look at it once more.")
            % {"field": change.get_field_display(), "value": in_words(known.values[change.field])}
        )


def _apply(change: ProposedChange, profile: CommuneProfile) -> None:
    """Write an accepted value into the profile, which the caller saves."""
    if change.field in PEOPLE:
        setattr(profile, change.field, _contact(change, profile))
    else:
        setattr(profile, change.field, change.new)


def _contact(change: ProposedChange, profile: CommuneProfile) -> Contact | None:
    """Return the contact for an accepted person: the same one for the same name, otherwise another one.

    Who is not the climate manager any more stays as a contact of another function, so that earlier calls keep their
    person.
    """
    before: Contact | None = getattr(profile, change.field)
    name, email, phone = change.new["name"], change.new["email"], change.new["phone"]
    of_commune = Contact.objects.filter(commune=profile.commune)
    contact = before if before is not None and before.name == name else of_commune.filter(name=name).first()
    is_manager = change.field == MasterField.CLIMATE_MANAGER
    if is_manager and before is not None and before != contact:
        before.function = Contact.Function.OTHER
        before.save()
    if not name:
        return None
    contact = contact or Contact(commune=profile.commune, name=name)
    contact.email, contact.phone = email, phone
    if is_manager:
        contact.function = Contact.Function.CLIMATE_MANAGER
    contact.save()
    return contact


def _lines(changes: list[ProposedChange]) -> list[dict[str, Any]]:
    """Return changes as lines of a mail; the template says them in the reader's language."""
    return [{"change": change, "old": in_words(change.old), "new": in_words(change.new)} for change in changes]


def _mail_outcome(proposal: DataProposal, decided: list[ProposedChange], reason: str) -> None:
    """Write to the person who proposed; to nobody where the access has ended meanwhile."""
    access = proposal.access
    if access.status != MunicipalAccess.Status.ACTIVE:
        return
    context = {
        "name": access.name,
        "commune": proposal.commune,
        "lines": _lines(decided),
        "reason": reason.strip(),
        "link": f"{settings.BASE_URL}{reverse('municipality:data', args=[access.pk])}",
    }
    outbox.post("municipality/decided", to=access.email, language=access.language, context=context, subject=proposal)
