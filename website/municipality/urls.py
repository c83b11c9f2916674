"""Addresses of a municipality's pages; `pk` is an access of the account that is signed in."""

from django.urls import URLPattern, path

from website.municipality import trainings, views

app_name = "municipality"
urlpatterns: list[URLPattern] = [
    path("", views.index, name="index"),
    path("invitation/<str:token>/", views.invitation, name="invitation"),
    path("<int:pk>/", views.start, name="start"),
    path("<int:pk>/partnership/", views.partnership, name="partnership"),
    path("<int:pk>/patrons/", views.patrons, name="patrons"),
    path("<int:pk>/projects/", views.projects, name="projects"),
    path("<int:pk>/documents/", views.documents, name="documents"),
    path("<int:pk>/documents/report/", views.order_report, name="order_report"),
    path("<int:pk>/backings/<int:backing>/", views.backing_file, name="backing_file"),
    path("<int:pk>/data/", views.data, name="data"),
    path("<int:pk>/trainings/", trainings.trainings, name="trainings"),
    path("<int:pk>/trainings/<int:enrolment>/cancel/", trainings.cancel, name="cancel_training"),
    path("<int:pk>/people/", views.people, name="people"),
    path("<int:pk>/people/hand-over/", views.hand_over, name="hand_over"),
    path("<int:pk>/people/<int:person>/take-back/", views.take_back, name="take_back"),
]
