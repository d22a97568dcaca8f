"""Addresses of the hall: one folder a module; nouns."""

from importlib.util import find_spec

from django.conf import settings
from django.urls import include, path

from hall.core import pages

urlpatterns = [
    path("" if name == "desk" else f"{name}/", include(f"hall.{name}.urls"))
    for name in settings.MODULES
    if find_spec(f"hall.{name}.urls")
]

handler400 = pages.bad_request
handler403 = pages.forbidden
handler404 = pages.not_found
