"""Addresses of this room."""

from django.urls import URLPattern, path

from communes import case_views, views

app_name = "communes"
urlpatterns: list[URLPattern] = [
    path("communes/search/", views.search, name="search"),
    path("register/", views.register, name="register"),
    path("register/thanks/", views.thanks, name="thanks"),
    path("register/confirm/<str:token>/", views.confirm, name="confirm"),
    path("register/status/<str:token>/", case_views.status, name="status"),
    path("register/status/<str:token>/answer/", case_views.answer, name="answer"),
    path("register/status/<str:token>/document/", case_views.offer_document, name="offer_document"),
    path("register/status/<str:token>/contact/", case_views.correct_contact, name="correct_contact"),
    path("register/status/<str:token>/withdraw/", case_views.take_back, name="take_back"),
    path("register/<slug:slug>/", views.register, name="register"),
    path("register/<slug:slug>/<slug:agency>/", views.window, name="window"),
    path("register/<slug:slug>/<slug:agency>/embedded/", views.embedded_window, name="embedded_window"),
    path("register/<slug:slug>/<slug:agency>/embedded/thanks/", views.embedded_thanks, name="embedded_thanks"),
    path("backings/<int:pk>/file/", views.backing_file, name="backing_file"),
    path("offered-documents/<int:pk>/file/", views.offered_file, name="offered_file"),
]
