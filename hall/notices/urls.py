"""Addresses of the notices."""

from django.urls import path

from hall.notices import views

app_name = "notices"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("reading/", views.all_reading, name="all_reading"),
    path("<int:pk>/reading/", views.reading, name="reading"),
    path("settings/", views.settings, name="settings"),
    path("works/", views.works, name="works"),
    path("works/<uuid:pk>/", views.work, name="work"),
    path("works/<uuid:pk>/repetition/", views.repeated_work, name="repeated_work"),
    path("parked/", views.parked, name="parked"),
    path("parked/<int:pk>/repetition/", views.repeated_sending, name="repeated_sending"),
]
