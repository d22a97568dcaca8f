"""Whose rows the addresses of the papers name."""

from hall.core.testing.routes import Thing

PAPER = Thing("papers.Paper", may=("papers.view",), own=True)
things = {
    "papers:paper": PAPER,
    "papers:sheet": PAPER,
    "papers:pdf": Thing("papers.Paper", may=("papers.view",), own=True, answers=(409,)),
    "papers:revocation": Thing("papers.Paper", may=("papers.view",), own=True, answers=(404,)),
    "papers:checked": Thing("", words={"code": "ABCD-EFGH-JKMN"}),
}
machine = ("Paper.snapshot",)
