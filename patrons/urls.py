"""Addresses of this room."""

from django.urls import path

from patrons import views
from patrons.exchange.urls import urlpatterns as exchange
from patrons.stories.urls import urlpatterns as stories

app_name = "patrons"
urlpatterns = [
    path("become-patron/", views.register, name="register"),
    path("become-patron/thanks/", views.thanks, name="thanks"),
    path("become-patron/confirm/<str:token>/", views.confirm, name="confirm"),
    path("become-patron/consent/<str:token>/", views.consent, name="consent"),
    path("verify/", views.verify, name="verify"),
    path("verify/<str:code>/", views.verify, name="verify"),
    path("portal/hours/", views.log_hours, name="log_hours"),
    path("portal/hours/<int:pk>/remove/", views.remove_hours, name="remove_hours"),
    path("portal/pause/", views.pause, name="pause"),
    path("portal/farewell/", views.farewell, name="farewell"),
    path("goodbye/", views.goodbye, name="goodbye"),
    path("portal/municipality/", views.my_municipality, name="my_municipality"),
    *exchange,
    path("portal/municipality/sharing/", views.sharing, name="sharing"),
    *stories,
]
