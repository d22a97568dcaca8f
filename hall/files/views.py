"""The one door through which files leave the hall."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from hall.core.pages import page
from hall.core.viewer import Request
from hall.files import queries, rules, store
from hall.files.words import FileKind, FileState

POLICY = "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
SHOWN = f"{POLICY}; style-src 'unsafe-inline'"  # the browser's own page around a picture has a style; nothing else has


@page()
def file(request: Request, pk: UUID) -> HttpResponse:
    """One file, for whoever may see the row it hangs on. Pictures are shown, everything else is downloaded."""
    row = queries.attachment_for(request.actor, pk)
    if row.state != FileState.KEPT:
        status = 409 if row.state == FileState.WAITING else 410
        return render(request, "files/not_now.html", {"state": row.state}, status=status)
    try:
        content = queries.content_of(row)
    except store.Broken:
        return render(request, "files/not_now.html", {"state": FileState.LOST}, status=410)
    kind = FileKind(row.kind)
    headers = {
        "Content-Disposition": content_disposition_header(kind not in rules.SHOWN, row.name) or "attachment",
        "Content-Security-Policy": SHOWN if kind in rules.SHOWN else POLICY,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return HttpResponse(content, content_type=rules.TYPES[kind], headers=headers)
