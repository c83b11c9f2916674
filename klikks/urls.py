"""All addresses of the portal; each room keeps its own."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("accounts/", include("website.account_urls")),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("website.urls")),
    path("municipality/", include("website.municipality.urls")),
    path("", include("agencies.urls")),
    path("", include("deadlines.urls")),
    path("", include("communes.urls")),
    path("", include("patrons.urls")),
    path("", include("projects.urls")),
    path("", include("trainings.urls")),
    path("", include("reports.urls")),
]
