"""Addresses of this room."""

from django.urls import URLPattern, path

from agencies.permissions import permission_required
from communes import views

app_name = "communes"
urlpatterns: list[URLPattern] = [
    path("communes/search/", permission_required("commune", "search")(views.search), name="search"),
]
