"""Addresses of the accounts."""

from django.urls import path

from hall.accounts import views

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("hat/", views.hat, name="hat"),
    path("large-type/", views.elder, name="elder"),
    path("language/", views.language, name="language"),
    path("set-up/", views.set_up, name="set_up"),
    path("activation/<str:who>/<str:token>/", views.activate, name="activation"),
    path("password/", views.password, name="password"),
    path("", views.accounts, name="accounts"),
    path("<int:pk>/", views.account, name="account"),
    path("posts/", views.grants, name="grants"),
    path("posts/<int:pk>/withdrawal/", views.withdrawal, name="withdrawal"),
    path("delegations/", views.delegations, name="delegations"),
]
