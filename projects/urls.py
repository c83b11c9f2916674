"""Addresses of this room: the patron's own projects, and ideas of citizens."""

from django.urls import URLPattern, path

from projects import views
from projects.ideas import views as ideas
from projects.measures import views as measures

app_name = "projects"
urlpatterns: list[URLPattern] = [
    path("networks/<slug:slug>/idea/", ideas.send_idea, name="send_idea"),
    path("portal/projects/", views.projects, name="list"),
    path("portal/projects/add/", views.add, name="add"),
    path("portal/projects/<int:pk>/", views.detail, name="detail"),
    path("portal/projects/<int:pk>/change/", views.change, name="change"),
    path("portal/projects/<int:pk>/move/", views.move, name="move"),
    path("portal/projects/<int:pk>/measures/add/", measures.add_measure, name="add_measure"),
    path("portal/measures/<int:pk>/", measures.change_measure, name="change_measure"),
    path("portal/measures/<int:pk>/done/", measures.finish_measure, name="finish_measure"),
    path("portal/measures/<int:pk>/drop/", measures.drop_measure, name="drop_measure"),
    path("portal/savings/<int:pk>/", measures.saving, name="saving"),
]
