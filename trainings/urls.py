"""Addresses of this room."""

from django.urls import path

from trainings import views

app_name = "trainings"
urlpatterns = [
    path("portal/trainings/", views.mine, name="mine"),
    path("portal/trainings/<int:pk>/enrol/", views.enrol, name="enrol"),
    path("portal/trainings/<int:pk>/cancel/", views.cancel, name="cancel"),
]
