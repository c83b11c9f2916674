"""Addresses of this room."""

from django.urls import path

from trainings import public_views, views
from trainings.attendance import views as attendance
from trainings.calendars import views as calendars
from trainings.feedback import views as feedback
from trainings.learning import views as learning

app_name = "trainings"
urlpatterns = [
    path("trainings/", public_views.session_list, name="list"),
    path("trainings/<int:pk>/", public_views.session, name="session"),
    path("trainings/place/<str:token>/", public_views.place, name="place"),
    path("trainings/place/<str:token>/materials/<int:pk>/", public_views.material, name="material"),
    path("trainings/materials/<int:pk>/", public_views.desk_material, name="desk_material"),
    path("trainings/<int:pk>/attendance/", attendance.attendance, name="attendance"),
    path("trainings/<int:pk>/attendance/code/", attendance.code, name="code"),
    path("trainings/<int:pk>/attendance/list/", attendance.order_list, name="order_list"),
    path("trainings/<int:pk>/attendance/close/", attendance.close, name="close_list"),
    path("trainings/verify/", attendance.verify, name="verify"),
    path("trainings/verify/<str:code>/", attendance.verify, name="verify"),
    path("trainings/feedback/<str:token>/", feedback.feedback, name="feedback"),
    path("attendance-worker.js", attendance.worker, name="worker"),
    path("here/<str:token>/", attendance.check_in, name="check_in"),
    path("patrons/<int:pk>/learning/", learning.record, name="record"),
    path("portal/trainings/", views.mine, name="mine"),
    path("portal/trainings/<int:pk>/enrol/", views.enrol, name="enrol"),
    path("portal/trainings/<int:pk>/cancel/", views.cancel, name="cancel"),
    path("account/calendar/", calendars.my_calendar, name="my_calendar"),
    path("account/calendar/renew/", calendars.renew, name="renew_calendar"),
    path("calendars/<slug:slug>.ics", calendars.public_calendar, name="public_calendar"),
    path("calendars/<slug:slug>/<str:secret>.ics", calendars.private_calendar, name="private_calendar"),
]
