"""What happens to accounts: they are made by invitation or appointment, and keep exactly one place in one agency."""

from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agencies.exceptions import AddressTaken, InvitationGone, InvitationUsed, LastAdministrator
from agencies.models import Invitation, Membership, Participation, User
from agencies.models.accounts import STAFF_ROLES, Role
from agencies.permissions import ADD, CHANGE, DELETE, require
from klikks import links
from klikks.tenancy import account_context, agency_context, current_agency_id

INVITATION = "invitation"
INVITATION_LASTS = timedelta(days=7)


@transaction.atomic
def make_account(email: str, *, role: Role, name: str, language: str = "de") -> User:
    """Return the account with this address in the agency of the context; make it, or wake it up, where needed.

    A new account has no password: it signs in by a code sent to its address. One that is active keeps its role, so
    that nobody loses or gains rights by being appointed. Raises AddressTaken if the address belongs elsewhere.
    """
    user = _account_of(email) or User.objects.create_user(email, language=language)
    if user.agency_id != current_agency_id():
        raise AddressTaken(_("This address cannot be used for an account here. Please ask for another address."))
    membership, created = Membership.objects.get_or_create(user=user, defaults={"role": role, "name": name})
    if not created and not (membership.is_active and user.is_active):
        membership.role, membership.name, membership.is_active = role, name, True
        membership.save()
        user.is_active = True
        user.save(update_fields=["is_active"])
    return user


def roles_to_give() -> list[Role]:
    """Return the staff roles that the agency of the context may give; only a coordinating agency has coordinators."""
    coordinates = Participation.objects.filter(agency_id=current_agency_id(), coordinates=True).exists()
    return [role for role in Role if role in STAFF_ROLES and (coordinates or role != Role.COORDINATOR)]


@transaction.atomic
def invite(*, by: User, email: str, name: str, role: str) -> Invitation:
    """Invite somebody to join the staff of the context's agency; the caller mails `invitation_token`.

    Whether the address has an account at another agency is not told to the inviting person, but later to the owner
    of the address. Raises NotAllowed; ValidationError if the person is here already or the role is not to be given.
    """
    require(by, "invitation", ADD)
    email = email.strip().lower()
    if role not in roles_to_give():
        raise ValidationError(_("Your agency cannot give this role."))
    if Membership.objects.filter(user__email__iexact=email).exists():
        raise ValidationError(_("This person has an account at your agency already. You find it under “Accounts”."))
    if Invitation.objects.filter(email__iexact=email, accepted_at__isnull=True).exists():
        raise ValidationError(_("This address has an open invitation. You can send it again from the list."))
    return Invitation.objects.create(email=email, name=name, role=role, invited_by=by)


@transaction.atomic
def renew_invitation(invitation: Invitation, *, by: User) -> Invitation:
    """Give an open invitation seven more days; the caller mails its new link. Raises NotAllowed, InvitationUsed."""
    require(by, "invitation", CHANGE, invitation)
    invitation = _open_invitation(invitation.pk)
    invitation.invited_at = timezone.now()
    invitation.save(update_fields=["invited_at"])
    return invitation


@transaction.atomic
def withdraw_invitation(invitation: Invitation, *, by: User) -> None:
    """Take an open invitation back; its link opens nothing any more. Raises NotAllowed, InvitationUsed."""
    require(by, "invitation", DELETE, invitation)
    _open_invitation(invitation.pk).delete()


def invitation_token(invitation: Invitation) -> str:
    """Return what the mailed link carries; it opens the invitation for seven days."""
    return links.sign(INVITATION, invitation.agency_id, invitation.pk)


def is_expired(invitation: Invitation) -> bool:
    """Whether the link of an invitation has become too old."""
    return invitation.invited_at + INVITATION_LASTS < timezone.now()


def read_invitation(token: str) -> Invitation:
    """Return the open invitation that a link names. Raises LinkInvalid, LinkExpired, InvitationGone, InvitationUsed."""
    link = links.read(INVITATION, token, max_age=INVITATION_LASTS)
    with agency_context(link.agency_id):
        invitation = Invitation.objects.select_related("agency").filter(pk=link.pk).first()
    return _if_open(invitation)


def accept_invitation(invitation: Invitation, *, password: str, language: str) -> User:
    """Make the invited person's account, with the password of their choice; return it.

    The link was mailed to the address, so opening it proves the address. Raises AddressTaken if the address has an
    account anywhere, InvitationUsed on a second call, ValidationError for a weak password.
    """
    with agency_context(invitation.agency_id), transaction.atomic():
        invitation = _open_invitation(invitation.pk)
        if _account_of(invitation.email):
            raise AddressTaken(
                _(
                    "With your address there is an account at klikks already, and one address can have one account "
                    "only. Please ask the person who invited you to use another address of yours."
                )
            )
        validate_password(password, User(email=invitation.email))
        user = make_account(invitation.email, role=Role(invitation.role), name=invitation.name, language=language)
        user.set_password(password)
        user.save(update_fields=["password"])
        invitation.accepted_at = timezone.now()
        invitation.save(update_fields=["accepted_at"])
    return user


@transaction.atomic
def change_membership(membership: Membership, *, by: User) -> Membership:
    """Save a changed membership and let its account sign in, or not, accordingly.

    Raises NotAllowed; LastAdministrator if the agency would be left without anybody who may invite.
    """
    require(by, "membership", CHANGE, membership)
    return _keep_membership(membership)


@transaction.atomic
def close_unused(membership: Membership) -> Membership:
    """Close an account that nobody has used for long; an administrator can open it again.

    Raises LastAdministrator if the agency would be left without anybody who may invite.
    """
    membership.is_active = False
    return _keep_membership(membership)


def _keep_membership(membership: Membership) -> Membership:
    """Save a membership and let its account follow. Raises LastAdministrator."""
    admins = Membership.objects.select_for_update().filter(role=Role.AGENCY_ADMIN, is_active=True)
    stays = membership.is_active and membership.role == Role.AGENCY_ADMIN
    if not stays and [admin.pk for admin in admins] == [membership.pk]:
        raise LastAdministrator(_("An agency needs at least one active administrator. Please name another one first."))
    membership.save()
    User.objects.filter(pk=membership.user_id).update(is_active=membership.is_active)
    return membership


def _open_invitation(pk: int) -> Invitation:
    """Return an open invitation, locked. Raises InvitationGone, InvitationUsed."""
    return _if_open(Invitation.objects.select_for_update().filter(pk=pk).first())


def _if_open(invitation: Invitation | None) -> Invitation:
    """Return the invitation if it is there and open. Raises InvitationGone, InvitationUsed."""
    if invitation is None:
        raise InvitationGone(_("This invitation was withdrawn. Please ask the person who invited you."))
    if invitation.accepted_at:
        raise InvitationUsed(_("This invitation was accepted before. You can sign in with your address and password."))
    return invitation


def _account_of(email: str) -> User | None:
    """Return the account with exactly this address, of whichever agency."""
    with account_context(email=email):
        return User.objects.filter(email__iexact=email.strip()).first()
