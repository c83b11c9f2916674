"""Addresses of this room."""

from django.urls import path

from reports import views

app_name = "reports"
urlpatterns = [
    path("documents/<int:pk>/", views.download, name="download"),
]
