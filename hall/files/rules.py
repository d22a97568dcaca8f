"""What follows from the rules for files: names, room, and the sentence for each refusal."""

import re
from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hall.core.findings import Finding
from hall.files.words import FileKind

LONGEST = 200  # characters of a name, its ending included
SUFFIXES = {
    FileKind.PDF: (".pdf",),
    FileKind.PNG: (".png",),
    FileKind.JPEG: (".jpg", ".jpeg"),
    FileKind.DOCX: (".docx",),
    FileKind.XLSX: (".xlsx",),
    FileKind.TEXT: (".txt", ".csv"),
    FileKind.WAV: (".wav",),
    FileKind.MP3: (".mp3",),
}
TYPES = {
    FileKind.PDF: "application/pdf",
    FileKind.PNG: "image/png",
    FileKind.JPEG: "image/jpeg",
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.TEXT: "text/plain; charset=utf-8",
    FileKind.WAV: "audio/wav",
    FileKind.MP3: "audio/mpeg",
}
SHOWN = (FileKind.PNG, FileKind.JPEG)  # written anew by the hall; everything else is downloaded
UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\uffff]"
    "|[\U000e0000-\U000e00ff]"
)
SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f]")
ENDS = " .\u3000"
FORBIDDEN = re.compile(r'[<>:"|?*]')
RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)", re.IGNORECASE)
ENDING = re.compile(r"\.[a-z][a-z0-9]{0,5}$", re.IGNORECASE)

UNFIT: dict[str, str | Promise] = {
    "empty": gettext_lazy("The file is empty. Choose it again; perhaps it was not saved."),
    "damaged": gettext_lazy(
        "The file is damaged or incomplete. Open it in its program, save it again and upload that file."
    ),
    "heavy": gettext_lazy("There is too much in this file to look it through. Save it as a PDF of fewer pages."),
    "busy": gettext_lazy("Many files are being looked through just now. Try again in a minute."),
    "pixels": gettext_lazy("The picture has more than 40 million points. Save it smaller and upload that picture."),
    "locked": gettext_lazy("The file is protected with a password. Remove the password and upload it again."),
    "bomb": gettext_lazy("The file unpacks to far more than its size. Save it as PDF and upload that file."),
    "names": gettext_lazy(
        "Inside this file stand names that lead out of it. Save it again in Word, Excel or WPS and upload that file."
    ),
    "doctype": gettext_lazy(
        "The file holds declarations that no office program writes. Save it again in Word, Excel or WPS."
    ),
    "macros": gettext_lazy("The file holds macros. Save it as .docx or .xlsx without macros, or as PDF."),
    "embedded": gettext_lazy("Other files are embedded in this one. Save it as PDF and upload that file."),
    "outside": gettext_lazy("The file fetches content from elsewhere. Break its links in Word, Excel or WPS, or save it as PDF."),
    "old_office": gettext_lazy("This is a file of an old office program. Save it as .docx, .xlsx or PDF and upload that file."),
    "ofd": gettext_lazy("OFD files are not kept here. Print it as PDF and upload that file."),
    "archive": gettext_lazy("Packed files are not kept. Upload what is inside, one by one."),
    "picture": gettext_lazy("This kind of picture is not kept. Save it as JPG or PNG and upload that picture."),
    "program": gettext_lazy("Programs are not kept. Upload the document itself."),
    "web": gettext_lazy("This is a web page. Print it as PDF and upload that file."),
    "media": gettext_lazy("This kind of recording or film is not kept. Save the sound as MP3 or WAV."),
    "unknown": gettext_lazy("It is not known what this file is. Save it as PDF, JPG or PNG and upload that file."),
}  # fmt: skip
REMOVED: dict[str, str | Promise] = {
    "metadata": gettext_lazy("place, time and device"),
    "script": gettext_lazy("scripts"),
    "action": gettext_lazy("actions that run by themselves"),
    "launch": gettext_lazy("links to programs and other files"),
    "attached": gettext_lazy("attached files"),
    "media": gettext_lazy("embedded media"),
    "tail": gettext_lazy("data behind the end of the document"),
    "leftovers": gettext_lazy("unused parts of the document"),
    "signature": gettext_lazy("the electronic signature, which no longer fits"),
    "encoding": "",
}


def unfit_finding(code: str, name: str) -> Finding:
    """Why the file of this name is not kept, and what to do."""
    return Finding("house", _("“%(name)s”: %(sentence)s") % {"name": name, "sentence": UNFIT[code]})


def removed_words(codes: Iterable[str]) -> list[str]:
    """What was taken out of a file, in words."""
    return [str(REMOVED[code]) for code in codes if REMOVED.get(code)]


def clean_name(text: str, kind: str) -> str:
    """The name as typed, without path, invisible and bidirectional characters, with the ending of what it really is.

    Nothing is normalised (G04). At most 200 characters; never empty, never a device of Windows.
    """
    bare = shown_name(text)
    endings = SUFFIXES[FileKind(kind)]
    ending = endings[0]
    while found := ENDING.search(bare):
        bare = bare[: found.start()].rstrip(ENDS)
        if found[0].lower() in endings:
            ending = found[0].lower()
            break
    bare = bare.lstrip(ENDS) or _("file")
    if RESERVED.match(bare):
        bare = f"_{bare}"
    return bare[: LONGEST - len(ending)].rstrip(ENDS) + ending


def shown_name(text: str) -> str:
    """The name as it may stand in a sentence: one line, its own direction, no path."""
    bare = UNSEEN.sub("", text.replace("\\", "/").rpartition("/")[2])
    return FORBIDDEN.sub("_", SPACES.sub(" ", bare)).strip(ENDS)[:LONGEST]


def room_findings(used: int, wanted: int, limit: int, whose: str) -> list[Finding]:
    """May these bytes still be kept for this holder ("person" or "organisation")? (B14)"""
    if used + wanted <= limit:
        return []
    said = {"limit": limit // 1024 // 1024, "left": max(limit - used, 0) // 1024 // 1024}
    if whose == "person":
        text = _(
            "You have %(left)d of %(limit)d MB left for files. Upload smaller files, or ask the organisation department for more."
        )
    else:
        text = _(
            "The organisation has %(left)d of %(limit)d MB left for files. Ask the organisation department for more."
        )
    return [Finding("house", text % said, source="design default")]
