"""What stands in front of the account library's own addresses."""

from django.urls import URLPattern, path

from website import views

urlpatterns: list[URLPattern] = [path("email/", views.address)]
