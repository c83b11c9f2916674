"""Addresses of this room."""

from django.urls import URLPattern, path

from deadlines import views

app_name = "deadlines"
urlpatterns: list[URLPattern] = [
    path("jobs/<uuid:key>/", views.job, name="job"),
    path("jobs/<uuid:key>/retry/", views.retry_job, name="retry_job"),
    path("portal/deadlines/<int:pk>/done/", views.finish, name="finish"),
    path("portal/deadlines/<int:pk>/later/", views.snooze, name="snooze"),
    path("portal/calendar/", views.calendar, name="calendar"),
    path("portal/reminders/", views.reminders, name="reminders"),
]
