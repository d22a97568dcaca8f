"""Addresses of the desk; it stands at the root."""

from django.urls import path

from hall.desk import views

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("tasks/", views.todo, name="todo"),
    path("tasks/<slug:tab>/", views.todo, name="tab"),
    path("search/", views.search, name="search"),
    path("me/", views.me, name="me"),
    path("leaving/", views.leaving, name="leaving"),
    path("help/", views.help_page, name="help"),
    path("healthz", views.alive, name="alive"),
    path("readyz", views.ready, name="ready"),
]
