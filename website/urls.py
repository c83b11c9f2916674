"""Addresses of this room."""

from django.urls import URLPattern, path

from website import health, views

app_name = "website"
urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("portal/", views.portal, name="portal"),
    path("daten/", views.data_sources, name="data_sources"),
    path("datenschutz/", views.privacy, name="privacy"),
    path("impressum/", views.imprint, name="imprint"),
    path("barrierefreiheit/", views.accessibility, name="accessibility"),
    path("sprache/", views.language, name="language"),
    path("health/", health.health, name="health"),
]
