"""Addresses of experience reports."""

from django.urls import path

from patrons.stories import views

urlpatterns = [
    path("stories/", views.stories, name="stories"),
    path("stories/of/<slug:slug>/", views.stories, name="stories"),
    path("stories/<int:pk>/", views.story, name="story"),
    path("stories/<int:pk>/photo/", views.photo, name="story_photo"),
    path("portal/stories/", views.my_stories, name="my_stories"),
    path("portal/stories/write/", views.write_story, name="write_story"),
    path("portal/stories/<int:pk>/", views.edit_story, name="edit_story"),
    path("portal/stories/<int:pk>/photo/", views.own_photo, name="own_story_photo"),
    path("portal/stories/<int:pk>/take-home/", views.take_home, name="take_home_story"),
]
