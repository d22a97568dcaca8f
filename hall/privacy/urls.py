"""Addresses of the privacy desk."""

from django.urls import path

from hall.privacy import views

app_name = "privacy"
urlpatterns = [
    path("", views.held, name="held"),
    path("copy/", views.copy, name="copy"),
    path("erasure/", views.own_erasure, name="own_erasure"),
    path("erasures/", views.erasures, name="erasures"),
    path("erasures/<uuid:pk>/", views.erasure, name="erasure"),
    path("erasures/<uuid:pk>/carrying-out/", views.carrying_out, name="carrying_out"),
    path("retention/", views.retention, name="retention"),
]
