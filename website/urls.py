"""Addresses of this room."""

from django.urls import URLPattern, path

from website import health, views

app_name = "website"
urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("start/", views.start, name="start"),
    path("portal/", views.portal, name="portal"),
    path("data-sources/", views.data_sources, name="data_sources"),
    path("privacy/", views.privacy, name="privacy"),
    path("imprint/", views.imprint, name="imprint"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("language/", views.language, name="language"),
    path("health/", health.health, name="health"),
]
