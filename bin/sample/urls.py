"""Addresses: nouns."""

from django.urls import path

from hall.sample import views

app_name = "sample"
urlpatterns = [
    path("", views.items, name="items"),
    path("new/", views.entry, name="entry"),
    path("<int:pk>/", views.item, name="item"),
]
