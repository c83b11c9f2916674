"""Addresses of this room."""

from django.urls import path

from reports import views

app_name = "reports"
urlpatterns = [
    path("portal/documents/", views.mine, name="mine"),
    path("savings/<int:pk>/pdf/", views.calculation, name="calculation"),
    path("documents/<int:pk>/", views.download, name="download"),
]
