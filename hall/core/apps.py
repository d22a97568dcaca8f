"""The core as a Django app: templates, static files, commands and the checks of the house."""

from importlib import import_module

from django.apps import AppConfig
from django.core.signals import request_finished, request_started
from django.utils.module_loading import autodiscover_modules

from hall.core.wall import reach


class CoreConfig(AppConfig):
    name = "hall.core"
    label = "core"

    def ready(self) -> None:
        autodiscover_modules("checks")
        import_module("hall.core.wall.checks")
        request_started.connect(reach.on_request_started)
        request_finished.connect(reach.on_request_finished)
