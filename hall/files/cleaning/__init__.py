"""What an uploaded file is and what may stay in it, by its content alone: neither its name nor its sender is believed.

This package knows no Django and no settings. It runs in a child process of its own (`apart`), because a decoder that
meets a hostile file may take all memory or end its process (decision 0011).
"""

from importlib import import_module

from hall.files.cleaning.kinds import kind_of
from hall.files.cleaning.unfit import LARGEST, Clean, Unfit

__all__ = ("Clean", "Unfit", "clean")

WAYS = {  # kind → (module, function); the child process loads only the one it needs
    "pdf": ("pdf", "clean_pdf"),
    "png": ("pictures", "clean_picture"),
    "jpeg": ("pictures", "clean_picture"),
    "zip": ("office", "clean_office"),
    "wav": ("sound", "clean_wav"),
    "mp3": ("sound", "clean_mp3"),
    "text": ("texts", "clean_text"),
}


def clean(data: bytes) -> Clean:
    """The file as it may be kept, with what was taken out. Unfit for every file that is not kept, and only that."""
    if not data.strip(b"\0 \t\r\n"):
        raise Unfit("empty")
    module, function = WAYS[kind_of(data)]
    way = getattr(import_module(f"hall.files.cleaning.{module}"), function)
    try:
        found = way(data)
    except (MemoryError, RecursionError):
        raise Unfit("heavy") from None
    if len(found.data) > LARGEST:
        raise Unfit("heavy")
    return found
