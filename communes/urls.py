"""Addresses of this room."""

from django.urls import URLPattern, path

from communes import views

app_name = "communes"
urlpatterns: list[URLPattern] = [
    path("communes/search/", views.search, name="search"),
    path("register/", views.register, name="register"),
    path("register/thanks/", views.thanks, name="thanks"),
    path("register/confirm/<str:token>/", views.confirm, name="confirm"),
    path("register/<slug:slug>/", views.register, name="register"),
    path("backings/<int:pk>/file/", views.backing_file, name="backing_file"),
]
