"""Addresses of this room."""

from django.conf import settings
from django.urls import URLPattern, path, re_path

from website import health, networks, views

app_name = "website"
NETWORK_IN_LANGUAGE = rf"^networks/(?P<slug>[-\w]+)/(?P<language>{'|'.join(settings.NETWORK_LANGUAGES)})/$"
urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("start/", views.start, name="start"),
    path("portal/", views.portal, name="portal"),
    path("networks/<slug:slug>/", networks.network, name="network"),
    re_path(NETWORK_IN_LANGUAGE, networks.network, name="network_in"),
    path("data-sources/", views.data_sources, name="data_sources"),
    path("privacy/", views.privacy, name="privacy"),
    path("imprint/", views.imprint, name="imprint"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("language/", views.language, name="language"),
    path("proof-of-work/", views.proof_of_work, name="proof_of_work"),
    path("health/", health.health, name="health"),
]
