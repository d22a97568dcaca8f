"""Addresses of the papers. They hold row ids and codes, never anything about a person."""

from django.urls import path

from hall.papers import views

app_name = "papers"
urlpatterns = [
    path("", views.papers, name="papers"),
    path("check/", views.check, name="check"),
    path("check/<str:code>/", views.checked, name="checked"),
    path("<uuid:pk>/", views.paper, name="paper"),
    path("<uuid:pk>/sheet/", views.sheet, name="sheet"),
    path("<uuid:pk>/revocation/", views.revocation, name="revocation"),
    path("<uuid:pk>/pdf/", views.pdf, name="pdf"),
]
