"""The core as a Django app: templates, static files, commands and the checks of the house."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    name = "hall.core"
    label = "core"

    def ready(self) -> None:
        autodiscover_modules("checks")
