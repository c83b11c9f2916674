"""What happens around every request: content security policy, its size, sign-in, agency and history."""

from collections.abc import Callable
from typing import Any

import pghistory
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_rls_tenants import RLSTenantMiddleware

from klikks.tenancy import account_context

SIGN_IN_PATH = "/accounts/"
SIGN_IN_SESSION_KEY = "sign_in_email"


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """Strict policy everywhere; the admin's path alone gets what its theme needs."""

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        """Add the policy's header to the response."""
        if request.path.startswith("/admin/"):
            response._csp_replace = settings.ADMIN_CONTENT_SECURITY_POLICY
        return super().process_response(request, response)


class BodySizeMiddleware:
    """Refuses a request whose body is too long to be looked at, before any of it is read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > settings.REQUEST_MAX_BYTES:
            return render(request, "413.html", {"limit": settings.UPLOAD_MAX_BYTES}, status=413)
        return self.get_response(request)


class SignInMiddleware:
    """While somebody signs in, lets the database show the one account whose address was typed.

    The address is kept in the session so that the later steps (code, second factor, new password) find the account
    again. Nothing here tells whether such an account exists.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(SIGN_IN_PATH):
            return self.get_response(request)
        typed = request.POST.get("login") or request.POST.get("email")
        if typed and "_auth_user_id" not in request.session:
            request.session[SIGN_IN_SESSION_KEY] = typed[:254].replace("\0", "")
        with account_context(email=request.session.get(SIGN_IN_SESSION_KEY)):
            return self.get_response(request)


class AgencyMiddleware(RLSTenantMiddleware):
    """Sets the agency of the signed-in account for the request; operators and visitors have none."""

    def process_request(self, request: HttpRequest) -> None:
        """Set the agency of the context, unless the account belongs to none."""
        if getattr(request.user, "agency_id", None) is not None:
            super().process_request(request)


class HistoryMiddleware:
    """Names who acts, so that every row written during the request says so in its history."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in {"GET", "HEAD", "OPTIONS"}:
            return self.get_response(request)
        with pghistory.context(user=getattr(request.user, "pk", None)):
            return self.get_response(request)
