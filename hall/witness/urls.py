"""Addresses of the witness."""

from django.urls import path

from hall.witness import views

app_name = "witness"
urlpatterns = [
    path("", views.ledger, name="ledger"),
    path("verifications/", views.beginning, name="beginning"),
    path("verifications/<uuid:pk>/", views.verification, name="verification"),
    path("comparison/", views.comparison, name="comparison"),
    path("data/", views.data, name="data"),
    path("checkpoint/", views.checkpoint, name="checkpoint"),
    path("verifier/", views.verifier, name="verifier"),
    path("alarms/<int:pk>/explanation/", views.explanation, name="explanation"),
]
