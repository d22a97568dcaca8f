"""Addresses of the files. They hold a row id, never a name."""

from django.urls import path

from hall.files import views

app_name = "files"
urlpatterns = [path("<uuid:pk>/", views.file, name="file")]
