"""Who may enter a municipality's pages: invited by a mailed link, handed over, and one day ended.

One function a verb, one transaction each. Whoever invites learns nothing about accounts: whether an address has one
is told to its owner only, behind the mailed link. `accesses_of` is the one place that says which municipalities an
account may see; all pages of municipalities ask it.
"""

from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agencies.exceptions import AddressTaken, IllegalTransition, InvitationGone, InvitationUsed
from agencies.models import Agency, Membership, User
from agencies.models.accounts import Role
from agencies.permissions import allows, require
from agencies.services import make_account
from communes.exceptions import TooManyInvitations
from communes.models import Commune, Contact, MunicipalAccess, Partnership
from deadlines import outbox
from klikks import links
from klikks.names import clean_name
from klikks.tenancy import account_context, agency_context

INVITATION = "municipal-access"
INVITATION_LASTS = timedelta(days=14)
INVITATIONS_A_DAY = 5
PEOPLE_AT_MOST = 12

Status = MunicipalAccess.Status


def accesses_of(user: User) -> QuerySet[MunicipalAccess]:
    """Return the accesses an account has today, by municipality. Nothing of a municipality is shown without one."""
    accesses = MunicipalAccess.objects.held_by(user)
    return accesses.select_related("commune__district", "agency").order_by("commune__search_name", "pk")


def people_of(commune: Commune) -> QuerySet[MunicipalAccess]:
    """Return who may enter a municipality's pages and who is invited to, the oldest access first."""
    people = MunicipalAccess.objects.open().filter(commune=commune)
    return people.select_related("invited_by__membership", "replaces").order_by("since", "pk")


@transaction.atomic
def grant(commune: Commune, *, by: User, name: str, email: str, language: str = "de") -> MunicipalAccess:
    """Invite a person of a municipality on behalf of the agency, and mail the link.

    Raises NotAllowed, and ValidationError for a name that cannot be printed, or an address invited before.
    """
    require(by, "municipalaccess", "grant")
    return _invite(commune, by=by, name=name, email=email, language=language)


@transaction.atomic
def grant_to_registrant(partnership: Partnership, *, by: User) -> MunicipalAccess | None:
    """Invite the person whose registration was accepted, unless that address has access or an invitation already.

    Raises NotAllowed, ValidationError as `grant` does.
    """
    registration = partnership.registration
    open_ones = MunicipalAccess.objects.open().filter(commune=partnership.commune_id)
    if registration is None or open_ones.filter(email__iexact=registration.email).exists():
        return None
    return grant(
        partnership.commune,
        by=by,
        name=registration.contact_name,
        email=registration.email,
        language=registration.language,
    )


@transaction.atomic
def invite_colleague(access: MunicipalAccess, *, by: User, name: str, email: str) -> MunicipalAccess:
    """Invite a colleague to the same municipality, mail the link, and tell the agency, which may end it.

    Raises NotAllowed, TooManyInvitations, and ValidationError as `grant` does.
    """
    access = _held(access, by, "invite_own")
    _check_number(access.commune)
    invited = _invite(access.commune, by=by, name=name, email=email, language=access.language)
    _tell_the_agency(invited, "municipality/colleague", who=access.name)
    return invited


@transaction.atomic
def hand_over(access: MunicipalAccess, *, by: User, name: str, email: str) -> MunicipalAccess:
    """Name a successor. The own access ends when the successor has opened the mailed link, so that none is locked out.

    The agency is told. Raises NotAllowed, TooManyInvitations, and ValidationError as `grant` does.
    """
    access = _held(access, by, "transfer_own")
    _check_number(access.commune)
    invited = _invite(access.commune, by=by, name=name, email=email, language=access.language, replaces=access)
    _tell_the_agency(invited, "municipality/successor", who=access.name)
    return invited


@transaction.atomic
def replace(access: MunicipalAccess, *, by: User, name: str, email: str) -> MunicipalAccess:
    """End the access of a person who is gone, and invite the successor; both get a mail.

    Raises NotAllowed, IllegalTransition naming who was first, and ValidationError as `grant` does.
    """
    require(by, "municipalaccess", "end", access)
    access = _locked(access)
    _end(access, by=by, reason=_("handed over to %(name)s") % {"name": name})
    invited = _invite(access.commune, by=by, name=name, email=email, language=access.language, replaces=access)
    _mail(access, "municipality/handed_over", successor=invited.name)
    return invited


@transaction.atomic
def end(access: MunicipalAccess, *, by: User, reason: str = "") -> MunicipalAccess:
    """End an access, or take its invitation back; a person who had access is told.

    Staff may end any of the agency's, people of a municipality the invitations of their own municipality. Raises
    NotAllowed, and IllegalTransition naming who was first.
    """
    access = _locked(access)
    if not _may_take_back(access, by):
        require(by, "municipalaccess", "end", access)
    was_active = access.status == Status.ACTIVE
    _end(access, by=by, reason=reason)
    if was_active:
        _mail(access, "municipality/ended", reason=reason)
    return access


@transaction.atomic
def send_again(access: MunicipalAccess, *, by: User) -> MunicipalAccess:
    """Mail an open invitation once more, good for another fourteen days. Raises NotAllowed, InvitationUsed."""
    require(by, "municipalaccess", "grant", access)
    access = _invited(_locked(access))
    access.invited_at = timezone.now()
    access.save(update_fields=["invited_at"])
    _mail_invitation(access, _inviter(by))
    return access


def read_invitation(token: str) -> MunicipalAccess:
    """Return the open invitation that a link names. Raises LinkInvalid, LinkExpired, InvitationGone, InvitationUsed."""
    link = links.read(INVITATION, token, max_age=INVITATION_LASTS)
    with agency_context(link.agency_id):
        rows = MunicipalAccess.objects.select_related("commune__district", "agency", "replaces")
        return _invited(rows.filter(pk=link.pk).first())


def accept(invitation: MunicipalAccess, *, language: str) -> User:
    """Give the invited person access, with an account that signs in by mailed code; return the account.

    The link was mailed to the address, so opening it proves the address. A predecessor's access ends with it. Raises
    AddressTaken if the address is used otherwise at klikks, InvitationUsed on a second call.
    """
    with agency_context(invitation.agency_id), transaction.atomic():
        access = _invited(_locked(invitation))
        _check_address(access)
        user = make_account(access.email, role=Role.MUNICIPALITY, name=access.name, language=language)
        access.move_to(Status.ACTIVE, by=user, user=user, since=timezone.localdate(), language=language)
        _keep_contact(access)
        if access.replaces_id is not None:
            _end_predecessor(access, user)
    return user


def is_expired(access: MunicipalAccess) -> bool:
    """Whether the link of an invitation has become too old."""
    return access.status == Status.INVITED and access.invited_at + INVITATION_LASTS < timezone.now()


def _invite(
    commune: Commune,
    *,
    by: User,
    name: str,
    email: str,
    language: str,
    replaces: MunicipalAccess | None = None,
) -> MunicipalAccess:
    """Write an invitation and its mail. The caller has checked the right."""
    Commune.objects.select_for_update(no_key=True).get(pk=commune.pk)
    email = email.strip().lower()
    open_one = MunicipalAccess.objects.open().filter(commune=commune, email__iexact=email).first()
    if open_one is not None:
        words = {
            Status.INVITED: _("%(name)s is invited already. The link in the mail is good for 14 days."),
            Status.ACTIVE: _("%(name)s has access already."),
        }
        raise ValidationError({"email": words[Status(open_one.status)] % {"name": open_one.name}})
    access = MunicipalAccess.objects.create(
        commune=commune,
        name=clean_name(name),
        email=email,
        language=language,
        invited_by=by,
        replaces=replaces,
    )
    _mail_invitation(access, _inviter(by))
    return access


def _held(access: MunicipalAccess, by: User, action: str) -> MunicipalAccess:
    """Return the access, locked, if it is in force and the acting account's own. Raises NotAllowed."""
    access = _locked(access)
    require(by, "municipalaccess", action, access)
    if access.status != Status.ACTIVE or access.user_id != by.pk:
        require(by, "municipalaccess", "grant", access)
    return access


def _locked(access: MunicipalAccess) -> MunicipalAccess:
    rows = MunicipalAccess.objects.select_for_update(of=("self",)).select_related("commune", "agency")
    return rows.get(pk=access.pk)


def _check_number(commune: Commune) -> None:
    """Refuse more invitations by a municipality than it needs. Raises TooManyInvitations."""
    yesterday = timezone.now() - timedelta(days=1)
    of_commune = MunicipalAccess.objects.filter(commune=commune)
    invited = of_commune.filter(invited_at__gt=yesterday, invited_by__membership__role=Role.MUNICIPALITY)
    if invited.count() >= INVITATIONS_A_DAY:
        raise TooManyInvitations(
            _("At most %(count)d people can be invited on one day. Please go on tomorrow, or ask your energy agency.")
            % {"count": INVITATIONS_A_DAY}
        )
    if of_commune.open().count() >= PEOPLE_AT_MOST:
        raise TooManyInvitations(
            _("%(count)d people have access or are invited. Please ask your energy agency to end one that is not used.")
            % {"count": PEOPLE_AT_MOST}
        )


def _may_take_back(access: MunicipalAccess, by: User) -> bool:
    """Whether this is an open invitation to a municipality in which the acting account has access itself."""
    return (
        access.status == Status.INVITED
        and allows(by, "municipalaccess", "invite_own", access)
        and MunicipalAccess.objects.held_by(by).filter(commune=access.commune_id).exists()
    )


def _end(access: MunicipalAccess, *, by: User, reason: str = "") -> None:
    """End a locked access; an account that has no other one left cannot enter any more."""
    if access.status == Status.ENDED:
        last = access.transitions.select_related("by__membership").first()
        raise IllegalTransition(
            _("%(who)s has ended the access of %(name)s on %(when)s. Nothing was changed.")
            % {
                "who": last.by.display_name if last and last.by else _("somebody"),
                "name": access.name,
                "when": date_format(timezone.localtime(last.at), "SHORT_DATETIME_FORMAT") if last else "",
            }
        )
    access.move_to(Status.ENDED, by=by, reason=reason.strip(), ended_on=timezone.localdate())
    if access.user is not None and not MunicipalAccess.objects.held_by(access.user).exists():
        Membership.objects.filter(user=access.user, role=Role.MUNICIPALITY).update(is_active=False)


def _end_predecessor(access: MunicipalAccess, successor: User) -> None:
    """End the access that is handed over, unless somebody ended it before, and tell its person and the agency."""
    former = _locked(access.replaces)  # type: ignore[arg-type]
    if former.status == Status.ACTIVE:
        _end(former, by=successor, reason=_("handed over to %(name)s") % {"name": access.name})
        _mail(former, "municipality/handed_over", successor=access.name)
        _tell_the_agency(access, "municipality/taken_over", who=former.name)


def _invited(access: MunicipalAccess | None) -> MunicipalAccess:
    """Return the access if it is an open invitation. Raises InvitationGone, InvitationUsed."""
    if access is None or (access.status == Status.ENDED and access.user_id is None):
        raise InvitationGone(_("This invitation was withdrawn. Please ask the person who invited you."))
    if access.status != Status.INVITED:
        raise InvitationUsed(
            _("This invitation was accepted before. You can sign in with your address and a code by e-mail.")
        )
    return access


def _check_address(access: MunicipalAccess) -> None:
    """Refuse an address that is used at klikks in another role or agency. Raises AddressTaken, to its owner."""
    with account_context(email=access.email):
        account = User.objects.filter(email__iexact=access.email).first()
    if account is None:
        return
    membership = Membership.objects.filter(user=account, is_active=True).first()
    if account.agency_id != access.agency_id or (membership and membership.role != Role.MUNICIPALITY):
        raise AddressTaken(
            _(
                "With your address there is an account at klikks already, for something else, and one address can "
                "have one account only. Please ask the person who invited you to use another address of yours."
            )
        )


def _keep_contact(access: MunicipalAccess) -> None:
    """Keep the person as a contact of the municipality, unless the address is known there."""
    if not Contact.objects.filter(commune=access.commune_id, email__iexact=access.email).exists():
        Contact.objects.create(commune=access.commune, name=access.name, email=access.email)


def _inviter(by: User) -> str:
    membership = Membership.objects.filter(user=by).first()
    return membership.name if membership else by.email


def _mail_invitation(access: MunicipalAccess, inviter: str) -> None:
    token = links.sign(INVITATION, access.agency_id, access.pk)
    link = f"{settings.BASE_URL}{reverse('municipality:invitation', args=[token])}"
    replaces = access.replaces.name if access.replaces else ""
    _mail(access, "invitation/municipality", inviter=inviter, link=link, replaces=replaces)


def _mail(access: MunicipalAccess, template: str, **context: object) -> None:
    """Write a mail to the person of an access, in that person's language."""
    values = {"name": access.name, "commune": access.commune, **context}
    outbox.post(template, to=access.email, language=access.language, context=values, subject=access)


def _tell_the_agency(access: MunicipalAccess, template: str, **context: object) -> None:
    """Write a mail to whoever looks after the municipality, with a link to the access on the desk."""
    link = f"{settings.BASE_URL}{reverse('admin:communes_municipalaccess_change', args=[access.pk])}"
    tell_the_manager(access.commune, template, access, {"person": access, "link": link, **context})


def tell_the_manager(commune: Commune, template: str, subject: object, context: Mapping[str, object]) -> None:
    """Write a mail to whoever looks after a municipality, or to the agency where nobody does."""
    partnership = Partnership.objects.open().filter(commune=commune, manager__is_active=True).order_by("-pk")
    found = partnership.select_related("manager__user").first()
    if found is not None and found.manager is not None:
        to, language = found.manager.user.email, found.manager.user.language
    else:
        agency = Agency.objects.get(pk=subject.agency_id)  # type: ignore[attr-defined]
        to, language = agency.email or settings.DEFAULT_FROM_EMAIL, settings.LANGUAGE_CODE
    outbox.post(template, to=to, language=language, context={"commune": commune, **context}, subject=subject)  # type: ignore[arg-type]
