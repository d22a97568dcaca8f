"""Words of the files: kinds that are kept, and what became of a file."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class FileKind(TextChoices):
    PDF = "pdf", _("PDF")
    PNG = "png", _("Picture (PNG)")
    JPEG = "jpeg", _("Picture (JPG)")
    DOCX = "docx", _("Word document")
    XLSX = "xlsx", _("Excel workbook")
    TEXT = "text", _("Text or CSV")
    WAV = "wav", _("Recording (WAV)")
    MP3 = "mp3", _("Recording (MP3)")


class FileState(TextChoices):
    KEPT = "kept", _("Kept")
    WAITING = "waiting", _("Waiting for the virus scan")
    INFECTED = "infected", _("Taken out: malware")
    LOST = "lost", _("Missing on the disk")


SCANS = (FileKind.PDF, FileKind.JPEG, FileKind.PNG)  # what a scanner or a telephone makes
DOCUMENTS = (*SCANS, FileKind.DOCX, FileKind.XLSX, FileKind.TEXT)
