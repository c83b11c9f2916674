"""Addresses of this room: the patron's own projects, and ideas of citizens."""

from django.urls import URLPattern, path

from projects import ideas, views

app_name = "projects"
urlpatterns: list[URLPattern] = [
    path("networks/<slug:slug>/idea/", ideas.send_idea, name="send_idea"),
    path("portal/projects/", views.projects, name="list"),
    path("portal/projects/add/", views.add, name="add"),
    path("portal/projects/<int:pk>/", views.detail, name="detail"),
    path("portal/projects/<int:pk>/change/", views.change, name="change"),
    path("portal/projects/<int:pk>/move/", views.move, name="move"),
    path("portal/projects/<int:pk>/measures/add/", views.add_measure, name="add_measure"),
    path("portal/measures/<int:pk>/", views.change_measure, name="change_measure"),
    path("portal/measures/<int:pk>/done/", views.finish_measure, name="finish_measure"),
    path("portal/measures/<int:pk>/drop/", views.drop_measure, name="drop_measure"),
    path("portal/savings/<int:pk>/", views.saving, name="saving"),
]
