"""Pages of the papers: the list, one paper with its print, and the check page that is open to everybody."""

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import select_template
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from hall.core.findings import Refused
from hall.core.listing import Filter, listing
from hall.core.modules import paper_kinds
from hall.core.pages import page
from hall.core.viewer import Request
from hall.ledger.queries import history_of
from hall.papers import actions, fonts, queries, rendering, rules
from hall.papers.forms import CodeForm, RevocationForm
from hall.papers.models import Paper


@page()
def papers(request: Request) -> HttpResponse:
    """Papers of the organisations the hat looks after, and one's own."""
    viewer, kinds = request.actor, paper_kinds()
    filters = [
        Filter("kind", _("Kind"), queries.kinds_seen(viewer), lambda rows, value: rows.filter(kind=value)),
        Filter("year", _("Year"), queries.years_seen(viewer), lambda rows, value: rows.filter(year=int(value))),
        Filter(
            "organisation",
            _("Organisation"),
            queries.organisations_seen(viewer),
            lambda rows, value: rows.filter(organisation=int(value)),
        ),
    ]
    found = listing(
        queries.papers_for(viewer).order_by("-issued_on", "-serial"), request.GET, filters=filters, search=queries.found_by,
        fetch=lambda rows: rows.select_related("organisation", "replaced_by").defer("snapshot", "replaced_by__snapshot"),
    )  # fmt: skip
    titles = {kind: each.title for kind, each in kinds.items()}
    rows = [
        {"paper": row, "kind": titles.get(row.kind, row.kind), "replaced": hasattr(row, "replaced_by")}
        for row in found.rows
    ]
    return render(request, "papers/papers.html", {"list": found, "rows": rows})


def _shown(row: Paper) -> dict:
    """What a page of one paper needs; the content comes from the copy alone."""
    module, _dot, short = row.kind.partition(".")
    kind = paper_kinds().get(row.kind)
    content = queries.content_of(row)
    template = select_template([f"{module}/papers/{short}.html", "papers/plain_copy.html"])
    return {
        "paper": row,
        "title": kind.title if kind else row.kind,
        "content": content,
        "copy": template,
        "code": rules.shown_code(row.code),
        "digest": bytes(row.digest).hex(),
        "check_url": rendering.check_address(row.code),
        "replaced_by": queries.answers_of(row),
        "fonts_ready": fonts.ready(),
        "head": queries.head_of(content),
    }


@page()
def paper(request: Request, pk: str) -> HttpResponse:
    """One paper: what it says, its print, its record."""
    row = queries.paper_for(request.actor, pk)
    context = {**_shown(row), "history": history_of(row), "may_revoke": queries.may_revoke(request.actor, row)}
    return render(request, "papers/paper.html", context)


@page()
def revocation(request: Request, pk: str) -> HttpResponse:
    """Withdraw a paper; 404 for whoever may not, and for a paper that is void already."""
    row = queries.paper_for(request.actor, pk)
    if not queries.may_revoke(request.actor, row):
        raise Http404
    form = RevocationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.revoke(by=request.actor, paper=row, **form.cleaned_data)
            messages.info(request, _("The paper is withdrawn; its check page says so from now on."))
            return redirect("papers:paper", row.pk)
        except Refused as refusal:
            form.add_findings(refusal.findings)
    context = {**_shown(row), "form": form}
    return render(request, "papers/revocation.html", context, status=422 if form.errors else 200)


@page()
def sheet(request: Request, pk: str) -> HttpResponse:
    """The paper alone, to be printed by the browser; works without any typeface on the server."""
    return render(request, "papers/sheet.html", _shown(queries.paper_for(request.actor, pk)))


@page()
def pdf(request: Request, pk: str) -> HttpResponse:
    """The paper as PDF/A. Where it cannot be printed whole, a page says why and what to do."""
    row = queries.paper_for(request.actor, pk)
    try:
        made = rendering.pdf(row)
    except rendering.NoFont:
        return render(request, "papers/not_printed.html", {**_shown(row), "no_font": True}, status=409)
    except rendering.MissingGlyphs as missing:
        named = [(ch, f"U+{ord(ch):04X}") for ch in missing.characters]
        return render(request, "papers/not_printed.html", {**_shown(row), "missing": named}, status=409)
    title = paper_kinds()[row.kind].title
    response = HttpResponse(made, content_type="application/pdf")
    disposition = content_disposition_header("save" in request.GET, f"{title}-{row.number}.pdf")
    response.headers["Content-Disposition"] = disposition or "inline"
    return response


@page(stranger=True)
def check(request: Request) -> HttpResponse:
    """Type the code of a paper."""
    form = CodeForm(request.GET if "code" in request.GET else None)
    if form.is_bound and form.is_valid():
        return redirect("papers:checked", rules.shown_code(form.cleaned_data["code"]))
    return render(
        request, "papers/check.html", {"form": form, "domain": settings.HALL_URL}, status=422 if form.errors else 200
    )


@page(stranger=True)
def checked(request: Request, code: str) -> HttpResponse:
    """What the register says of a code. A miss answers with the same page and status, and searches nothing but the code."""
    context = {"form": CodeForm(), "domain": settings.HALL_URL, "found": queries.check(code[:40]), "asked": code[:40]}
    return render(request, "papers/checked.html", context)
