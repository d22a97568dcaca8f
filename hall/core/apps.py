"""The core as a Django app: templates, static files, commands and the checks of the house."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "hall.core"
    label = "core"
