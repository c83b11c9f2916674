"""Addresses of this room."""

from django.urls import path

from trainings import public_views, views
from trainings.calendars import views as calendars

app_name = "trainings"
urlpatterns = [
    path("trainings/", public_views.session_list, name="list"),
    path("trainings/<int:pk>/", public_views.session, name="session"),
    path("trainings/place/<str:token>/", public_views.place, name="place"),
    path("trainings/place/<str:token>/materials/<int:pk>/", public_views.material, name="material"),
    path("trainings/materials/<int:pk>/", public_views.desk_material, name="desk_material"),
    path("portal/trainings/", views.mine, name="mine"),
    path("portal/trainings/<int:pk>/enrol/", views.enrol, name="enrol"),
    path("portal/trainings/<int:pk>/cancel/", views.cancel, name="cancel"),
    path("account/calendar/", calendars.my_calendar, name="my_calendar"),
    path("account/calendar/renew/", calendars.renew, name="renew_calendar"),
    path("calendars/<slug:slug>.ics", calendars.public_calendar, name="public_calendar"),
    path("calendars/<slug:slug>/<str:secret>.ics", calendars.private_calendar, name="private_calendar"),
]
