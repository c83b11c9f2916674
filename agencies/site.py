"""The staff desk as a Django admin site: people enter by the portal's own sign-in, with its second factor."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.admin.apps import AdminConfig
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite


class DeskConfig(AdminConfig):
    """Django's admin with our site."""

    default_site = "agencies.site.DeskSite"


class DeskSite(UnfoldAdminSite):
    """The staff desk. Knows no sign-in and no password form of its own: allauth has both."""

    index_title = _("Today")
    empty_value_display = "–"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take the lists of our own rooms; libraries would list accounts and their keys raw."""
        from agencies.desk import DeskAdmin

        if admin_class and issubclass(admin_class, DeskAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Return the lists of one app for its own page. Everywhere else our menu stands in the theme's place.

        Asking every list for every right, for a menu nobody sees, would take a good part of each page's time.
        """
        return super().get_app_list(request, app_label) if app_label else []

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send visitors to the portal's sign-in; people without a desk are told so there and then.

        Someone signed in who may not enter must not be sent to sign in again: the page would send them straight back.
        """
        target = request.GET.get("next", "")
        if not url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
            target = reverse("admin:index")
        if request.user.is_authenticated:
            if not self.has_permission(request):
                raise PermissionDenied
            return redirect(target)
        return redirect(f"{reverse('account_login')}?{urlencode({'next': target})}")

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Sign out and go to the public start page."""
        from django.contrib.auth.views import LogoutView

        return LogoutView.as_view(next_page="website:home")(request)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send to the portal's own page for passwords."""
        return redirect("account_change_password")
