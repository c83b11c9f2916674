"""Invitations on the staff desk: here, because only this floor knows both the accounts and the mails."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from agencies import services
from agencies.desk import DeskAdmin, action_page, chip, object_url
from agencies.forms import InviteForm
from agencies.models import Invitation
from agencies.permissions import ADD, allows
from website import invitations


class NothingMore(forms.Form):
    """Asks before something is done that needs no further words."""


@admin.register(Invitation)
class InvitationAdmin(DeskAdmin):
    """Who was invited to the agency's staff, and by whom. Accounts are made by nothing else."""

    list_display = ("name", "email", "role", "state_chip", "invited_at", "invited_by")
    list_filter = ("role",)
    list_select_related = ("invited_by__membership",)
    search_fields = ("name", "email")
    fields = ("name", "email", "role", "state_chip", "invited_by", "invited_at", "accepted_at")
    readonly_fields = fields
    actions = None
    actions_list = ("invite",)
    actions_detail = ("send_again", "withdraw")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Invitations are added by the action, which mails them."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An invitation is never altered, only sent again or withdrawn."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """See `withdraw`."""
        return False

    def has_manage_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Whether the role may invite, and with it send again and withdraw."""
        return allows(request.user, "invitation", ADD)

    @action(description=_("Invite somebody"), url_path="invite", icon="person_add", permissions=["manage"])
    def invite(self, request: HttpRequest) -> HttpResponse:
        """Ask whom to invite, and mail the invitation."""

        class Form(InviteForm):
            role = forms.ChoiceField(
                label=_("role"), choices=[(role.value, role.label) for role in services.roles_to_give()]
            )

        def do(data: dict[str, Any]) -> str:
            invited = invitations.invite(by=request.user, **data)  # type: ignore[arg-type]
            return gettext("The invitation to %(name)s is on its way.") % {"name": invited.name}

        return action_page(
            request,
            title=gettext("Invite somebody"),
            form=Form,
            do=do,
            back=reverse("admin:agencies_invitation_changelist"),
            submit=gettext("Send the invitation"),
            intro=gettext("The person gets a mail with a link, good for seven days, and chooses a password there."),
        )

    @action(description=_("Send again"), url_path="send-again", icon="send", permissions=["manage"])
    def send_again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Mail the invitation once more."""
        invitation = self._invitation(request, object_id)

        def do(data: dict[str, Any]) -> str:
            invitations.send_again(invitation, by=request.user)  # type: ignore[arg-type]
            return gettext("The invitation to %(name)s is on its way once more.") % {"name": invitation.name}

        return action_page(
            request,
            title=gettext("Send the invitation again"),
            form=NothingMore,
            do=do,
            back=object_url(invitation),
            intro=gettext("%(email)s gets a new link, good for seven days.") % {"email": invitation.email},
        )

    @action(description=_("Withdraw"), url_path="withdraw", icon="undo", permissions=["manage"])
    def withdraw(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take the invitation back."""
        invitation = self._invitation(request, object_id)

        def do(data: dict[str, Any]) -> str:
            services.withdraw_invitation(invitation, by=request.user)  # type: ignore[arg-type]
            return gettext("The invitation to %(name)s is withdrawn.") % {"name": invitation.name}

        return action_page(
            request,
            title=gettext("Withdraw the invitation"),
            form=NothingMore,
            do=do,
            back=reverse("admin:agencies_invitation_changelist"),
            intro=gettext("The link in the mail to %(email)s then opens nothing any more.")
            % {"email": invitation.email},
        )

    @admin.display(description=_("status"))
    def state_chip(self, obj: Invitation) -> SafeString:
        """Show whether the invitation is open, accepted or too old."""
        if obj.accepted_at:
            return chip("accepted", gettext("accepted"))
        return chip("overdue", gettext("expired")) if services.is_expired(obj) else chip("waiting", gettext("open"))

    def _invitation(self, request: HttpRequest, object_id: str) -> Invitation:
        invitation = self.get_object(request, object_id)
        if invitation is None:
            raise Http404
        return invitation
