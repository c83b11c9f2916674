"""What only this floor knows: invitations with their mails, and who has gone quiet in any room."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RelatedDropdownFilter
from unfold.decorators import action

from agencies import services
from agencies.desk import DeskAdmin, action_page, chip, object_url
from agencies.forms import InviteForm
from agencies.models import Invitation
from agencies.permissions import ADD, allows
from communes.admin.log import log_url
from website import invitations
from website.models import QuietCase


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


@admin.register(QuietCase)
class QuietCaseAdmin(DeskAdmin):
    """Patrons in office and partner municipalities of whom nothing was heard for long, the most silent first."""

    list_display = ("who", "kind", "since_day", "how_long", "last", "manager", "call")
    list_display_links = None
    list_filter: ClassVar = (("kind", ChoicesDropdownFilter), ("manager", RelatedDropdownFilter))
    list_select_related = ("manager",)
    search_fields = ("name",)
    ordering = ("since", "key")
    export_columns = ("name", "kind", "since", "what", "manager")
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Silence is counted, not written."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Silence is counted, not written."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """It goes by itself when something is heard."""
        return False

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Go on to the page of the patron or partnership."""
        found = self.get_object(request, object_id)
        if found is None:
            raise Http404
        return redirect(_subject_url(found))

    @admin.display(description=_("name"), ordering="name")
    def who(self, case: QuietCase) -> SafeString:
        """Link to the page of the patron or partnership."""
        return format_html('<a class="desk-link" href="{}">{}</a>', _subject_url(case), case.name)

    @admin.display(description=_("quiet since"), ordering="since")
    def since_day(self, case: QuietCase) -> str:
        """Show the day of the last activity."""
        return date_format(timezone.localtime(case.since), "SHORT_DATE_FORMAT")

    @admin.display(description=_("for"), ordering="since")
    def how_long(self, case: QuietCase) -> str:
        """Show for how many weeks."""
        return ngettext("%(count)d week", "%(count)d weeks", case.weeks) % {"count": case.weeks}

    @admin.display(description=_("last activity"), ordering="what")
    def last(self, case: QuietCase) -> str:
        """Say what happened last."""
        return str(case.get_what_display())

    @admin.display(description=_("get in touch"))
    def call(self, case: QuietCase) -> SafeString:
        """Lead to the page that logs a call with them."""
        return format_html('<a class="desk-link" href="{}">{}</a>', log_url(_subject(case)), gettext("Log a call"))


def _subject(case: QuietCase) -> Any:
    """Return the patron or partnership with nothing but its key, which is all that an address needs."""
    return case.model(pk=case.subject_id)


def _subject_url(case: QuietCase) -> str:
    return object_url(_subject(case))
