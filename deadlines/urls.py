"""Addresses of this room."""

from django.urls import URLPattern, path

from deadlines import mail_views, operations, views

app_name = "deadlines"
urlpatterns: list[URLPattern] = [
    path("jobs/<uuid:key>/", views.job, name="job"),
    path("jobs/<uuid:key>/retry/", views.retry_job, name="retry_job"),
    path("mails/", mail_views.mail_settings, name="mail_settings"),
    path("mails/agency/", mail_views.quiet_hours, name="quiet_hours"),
    path("mails/off/<str:kind>/<str:token>/", mail_views.mails_off, name="mails_off"),
    path("metrics/", operations.metrics, name="metrics"),
    path("portal/deadlines/<int:pk>/done/", views.finish, name="finish"),
    path("portal/deadlines/<int:pk>/later/", views.snooze, name="snooze"),
    path("portal/calendar/", views.calendar, name="calendar"),
    path("portal/reminders/", views.reminders, name="reminders"),
]
