"""Addresses of the ceiling app."""

from django.urls import path

from bench.ceiling import views

urlpatterns = [
    path("members/<int:organisation>/", views.members, name="members"),
    path("member/<uuid:pk>/", views.member, name="member"),
    path("home/<int:organisation>/", views.home, name="home"),
    path("change/<uuid:pk>/", views.change, name="change"),
    path("board/<int:organisation>/<str:period>/", views.board, name="board"),
]
