"""Pages on which people decide how often mails come: with an account, and by the link in a mail without signing in."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from agencies.permissions import permission_required, user_of
from deadlines import mail_settings as services
from deadlines.forms import MailSettingsForm, QuietHoursForm
from deadlines.mail_kinds import PROMPT
from klikks.link_pages import unlisted


@permission_required("mailsettings", "change_own")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def mail_settings(request: HttpRequest) -> HttpResponse:
    """Let people choose how often each kind of mail comes, and the hours in which none does."""
    user = user_of(request)
    form = MailSettingsForm(
        request.POST or None, instance=services.settings_of(user), agency=services.rules_of_agency()
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.choose(user, by=user, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Saved. From now on mails come as you have chosen."))
            return redirect("deadlines:mail_settings")
    return render(request, "deadlines/mail_settings.html", {"form": form, "prompt": PROMPT})


@permission_required("mailsettings", "change_agency")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def quiet_hours(request: HttpRequest) -> HttpResponse:
    """Let an agency's administrator choose the hours in which the agency sends no mails."""
    form = QuietHoursForm(request.POST or None, instance=services.rules_of_agency())
    if request.method == "POST" and form.is_valid():
        try:
            services.set_quiet_hours(by=user_of(request), **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Saved. It holds for whoever has chosen no hours of their own."))
            return redirect("deadlines:quiet_hours")
    return render(request, "deadlines/quiet_hours.html", {"form": form, "back": reverse("deadlines:mail_settings")})


# Mail programs send to this address without any page of ours (RFC 8058); it does nothing but what its token says.
@csrf_exempt
@permission_required("mailsettings", "unsubscribe")
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def mails_off(request: HttpRequest, kind: str, token: str) -> HttpResponse:
    """Turn mails of a kind off: by the button, or by that of a mail program; a scanner's visit does nothing."""
    ended = request.method == "POST"
    try:
        found = services.turn_off(kind, token) if ended else services.find_off(kind, token)[0]
    except ValidationError as refusal:
        answer = render(request, "deadlines/mails_off.html", {"problem": " ".join(refusal.messages)}, status=404)
    else:
        answer = render(request, "deadlines/mails_off.html", {"kind": found, "ended": ended})
    return unlisted(answer)
