"""What the files offer the hall."""

from django.utils.translation import gettext_lazy as _

from hall.core.modules import Job, Module, Notice, Personal
from hall.files import actions, queries

_KEPT = _("as long as the row it hangs on")

module = Module(
    name="files",
    title=_("Attachments"),
    needs=("organisations", "accounts", "notices"),
    permissions={"files.keep": _("Keep a file (only inside another deed)")},
    inner=("files.keep",),
    facts={
        "files.attachment.kept": _("File kept"),
        "files.attachment.cleared": _("File scanned and clean"),
        "files.attachment.missed": _("File missing on the disk"),
        "files.malware.refused": _("Infected upload refused"),
        "files.malware.found": _("Infected file taken out"),
        "files.scanner.silent": _("Virus scanner silent"),
        "files.leftovers.removed": _("Leftover files removed"),
        "files.sweep.halted": _("Sweeping of files halted"),
    },
    notices=(
        Notice("files.malware.refused", queries.operators, "files/notices/malware", digest=False),
        Notice("files.malware.found", queries.operators, "files/notices/malware", digest=False),
        Notice("files.malware.found", queries.uploaders, "files/notices/taken_out"),
        Notice("files.scanner.silent", queries.operators, "files/notices/silent", digest=False),
        Notice("files.attachment.missed", queries.operators, "files/notices/missed", digest=False),
        Notice("files.sweep.halted", queries.operators, "files/notices/halted", digest=False),
    ),
    jobs=(Job("files.sweep", _("Sweep the files"), actions.sweep),),
    chores=(actions.scan_waiting,),
    privacy=(
        Personal(
            "Attachment.name", _("tell files apart"), _("the purpose of the row it hangs on"), "L3", _KEPT
        ),
    ),
    not_personal=("Attachment.about_kind", "Attachment.about_id", "Attachment.removed", "Attachment.secret", "Shelf.holder"),
)  # fmt: skip
