"""Addresses of this room."""

from django.urls import path

from reports import feedback, views

app_name = "reports"
urlpatterns = [
    path("portal/documents/", views.mine, name="mine"),
    path("savings/<int:pk>/pdf/", views.calculation, name="calculation"),
    path("trainings/<int:pk>/feedback/", feedback.feedback, name="feedback"),
    path("documents/<int:pk>/", views.download, name="download"),
]
