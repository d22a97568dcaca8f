"""Addresses of safekeeping: only what browsers report; back-ups and keys are commands."""

from django.urls import path

from hall.safekeeping import views

app_name = "safekeeping"
urlpatterns = [
    path("refused/", views.refused, name="refused"),
    path("browsers/", views.browsers, name="browsers"),
]
