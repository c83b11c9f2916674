"""Invitations with their mail: the agencies' room makes them, the outbox one floor above tells of them."""

from django.db import transaction

from agencies import services
from agencies.models import Invitation, User
from agencies.models.accounts import Role
from deadlines import outbox


@transaction.atomic
def invite(*, by: User, email: str, name: str, role: str) -> Invitation:
    """Invite somebody to an agency's staff and mail the link; see `agencies.services.invite`."""
    invitation = services.invite(by=by, email=email, name=name, role=role)
    _mail(invitation, by)
    return invitation


@transaction.atomic
def send_again(invitation: Invitation, *, by: User) -> Invitation:
    """Mail an open invitation once more, with a fresh link; see `agencies.services.renew_invitation`."""
    invitation = services.renew_invitation(invitation, by=by)
    _mail(invitation, by)
    return invitation


def _mail(invitation: Invitation, by: User) -> None:
    """Mail the link, in the language of the person who invites."""
    outbox.post(
        "invitation",
        to=invitation.email,
        language=by.language,
        subject=invitation,
        context={
            "name": invitation.name,
            "role": Role(invitation.role).label,
            "inviter": by.display_name,
            "token": services.invitation_token(invitation),
        },
    )
