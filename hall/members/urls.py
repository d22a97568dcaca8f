"""Addresses of the members. Nouns; no number that names a person ever stands in one (ID-03)."""

from django.urls import path

from hall.members.views import deeds, mine, people, privacy, roster

app_name = "members"
urlpatterns = [
    path("", people.members, name="members"),
    path("new/", people.enrolment, name="enrolment"),
    path("lookup/", people.lookup, name="lookup"),
    path("export/", people.export, name="export"),
    path("register/", people.register, name="register"),
    path("accounts/", people.accounts, name="accounts"),
    path("duplicates/", people.duplicates, name="duplicates"),
    path("duplicates/<uuid:first>/<uuid:second>/", people.pair, name="pair"),
    path("corrections/", privacy.corrections, name="corrections"),
    path("corrections/<uuid:pk>/", privacy.correction, name="correction"),
    path("mine/", mine.mine, name="mine"),
    path("mine/correction/", mine.correction, name="own_correction"),
    path("mine/looks/", mine.looks, name="looks"),
    path("mine/copy/", mine.copy, name="copy"),
    path("rosters/", roster.rosters, name="rosters"),
    path("rosters/template/", roster.template, name="roster_template"),
    path("rosters/<uuid:pk>/", roster.roster, name="roster"),
    path("rosters/<uuid:pk>/columns/", roster.mapping, name="roster_columns"),
    path("rosters/<uuid:pk>/confirmation/", roster.confirmation, name="roster_confirmation"),
    path("rosters/<uuid:pk>/application/", roster.application, name="roster_application"),
    path("rosters/<uuid:pk>/workbook/", roster.workbook, name="roster_workbook"),
    path("rosters/<uuid:pk>/taking-back/", roster.taking_back, name="roster_taking_back"),
    path("rosters/<uuid:pk>/dropping/", roster.dropping, name="roster_dropping"),
    path("<uuid:pk>/", people.member, name="member"),
    path("<uuid:pk>/change/", people.change, name="change"),
    path("<uuid:pk>/reveal/", privacy.reveal, name="reveal"),
    path("<uuid:pk>/placement/", deeds.placement, name="placement"),
    path("<uuid:pk>/departure/", deeds.departure, name="departure"),
    path("<uuid:pk>/stop/", deeds.stop, name="stop"),
    path("<uuid:pk>/restoration/", deeds.restoration, name="restoration"),
    path("<uuid:pk>/contact/", deeds.contact, name="contact"),
    path("<uuid:pk>/absence/", deeds.absence, name="absence"),
    path("<uuid:pk>/return/", deeds.back, name="return"),
]
