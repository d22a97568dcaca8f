"""Addresses of the organisations."""

from django.urls import path

from hall.organisations import views

app_name = "organisations"
urlpatterns = [
    path("", views.tree, name="tree"),
    path("<int:pk>/", views.organisation, name="organisation"),
    path("<int:pk>/introduction/", views.introduction, name="introduction"),
    path("<int:pk>/introduction/text/", views.introducing, name="introducing"),
    path("<int:pk>/foundation/", views.foundation, name="foundation"),
    path("<int:pk>/name/", views.name, name="name"),
    path("<int:pk>/place/", views.place, name="place"),
    path("<int:pk>/ending/", views.ending, name="ending"),
    path("<int:pk>/terms/", views.term, name="term"),
    path("<int:pk>/units/", views.unit, name="unit"),
    path("<int:pk>/units/<int:coverage>/ending/", views.unit_ending, name="unit_ending"),
    path("<int:pk>/settings/<str:key>/", views.setting, name="setting"),
]
