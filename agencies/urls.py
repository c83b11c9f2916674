"""Addresses of this room."""

from django.urls import URLPattern, path

from agencies import views

app_name = "agencies"
urlpatterns: list[URLPattern] = [
    path("invitation/<str:token>/", views.invitation, name="invitation"),
]
