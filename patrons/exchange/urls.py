"""Addresses of the directory and the exchange."""

from django.urls import path

from patrons.exchange import directory, views

urlpatterns = [
    path("portal/people/", directory.directory, name="directory"),
    path("portal/people/me/", directory.profile, name="profile"),
    path("exchange/digest/<str:token>/", directory.digest, name="digest"),
    path("portal/people/names/", views.names, name="names"),
    path("portal/exchange/", views.exchange, name="exchange"),
    path("portal/exchange/ask/", views.ask, name="ask"),
    path("portal/exchange/board/<slug:board>/", views.exchange, name="board"),
    path("portal/exchange/board/<slug:board>/follow/", views.follow_board, name="follow_board"),
    path("portal/exchange/<int:pk>/", views.thread, name="thread"),
    path("portal/exchange/<int:pk>/follow/", views.follow, name="follow"),
    path("portal/exchange/<int:pk>/helpful/", views.helpful, name="helpful"),
    path("portal/exchange/post/<int:pk>/change/", views.edit, name="edit_post"),
    path("portal/exchange/post/<int:pk>/delete/", views.remove, name="remove_post"),
    path("portal/exchange/post/<int:pk>/report/", views.report, name="report_post"),
]
