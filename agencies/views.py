"""Pages of this room outside of the staff desk: the mailed invitation."""

from allauth.account.internal.flows.login import record_authentication
from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from agencies.exceptions import AddressTaken, InvitationGone, InvitationUsed
from agencies.forms import NewPasswordForm
from agencies.models import Invitation, User
from agencies.permissions import permission_required
from agencies.services import accept_invitation, read_invitation
from klikks.links import LinkExpired, LinkInvalid
from klikks.tenancy import agency_context

BACKEND = "agencies.accounts.AccountBackend"


@never_cache
@permission_required("invitation", "accept")
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Let an invited person choose a password; then the account is made and signed in."""
    try:
        invited = read_invitation(token)
    except LinkExpired:
        return _refused(request, _("This invitation has expired. Please ask for a new one."))
    except (LinkInvalid, InvitationGone, InvitationUsed) as refusal:
        return _refused(request, " ".join(refusal.messages))
    form = NewPasswordForm(request.POST or None)
    if form.is_valid():
        try:
            user = accept_invitation(
                invited, password=form.cleaned_data["password"], language=(get_language() or "de")[:2]
            )
        except (AddressTaken, InvitationGone, InvitationUsed) as refusal:
            return _refused(request, " ".join(refusal.messages))
        except ValidationError as weak:
            form.add_error("password", weak)
        else:
            return _welcome(request, user, invited)
    return render(request, "agencies/invitation.html", {"form": form, "invitation": invited})


def _welcome(request: HttpRequest, user: User, invited: Invitation) -> HttpResponse:
    """Sign a new account in and open the desk; whether it needs a second factor first is decided there."""
    with agency_context(invited.agency_id):
        login(request, user, backend=BACKEND)
        record_authentication(request, user, "password")
    messages.success(request, _("Welcome to klikks! Your account is ready."))
    return redirect("admin:index")


def _refused(request: HttpRequest, why: str) -> HttpResponse:
    """Say in words why an invitation's link does not open."""
    return render(request, "agencies/invitation_refused.html", {"why": why}, status=410)
