"""Addresses of signing on. The doors come last: their names are the deployment's."""

from django.urls import path

from hall.signon.views import desk, passing

app_name = "signon"
urlpatterns = [
    path("refused/", passing.refused, name="refused"),
    path("identities/", desk.identities, name="identities"),
    path("identities/approval/", desk.approval, name="approval"),
    path("identities/<int:pk>/withdrawal/", desk.withdrawal, name="withdrawal"),
    path("<slug:door>/", passing.begin, name="begin"),
    path("<slug:door>/return/", passing.arrival, name="arrival"),
    path("<slug:door>/farewell/", passing.farewell, name="farewell"),
    path("<slug:door>/logout/", passing.logout, name="logout"),
]
