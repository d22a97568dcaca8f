"""The fault harness: real web server, worker and PostgreSQL on this machine, broken on purpose, then looked over."""

POINTS = (
    "act.writing", "act.committing", "act.committed", "papers.numbered", "payment.booked", "bills.made", "month.chunk",
    "roster.enrolled", "roster.closing", "work.claimed", "work.done", "seal.leaves", "seal.unpended",
)  # fmt: skip
CONTROLS = {
    "reference": "the unique reference of a payment and the look for it are gone",
    "numbers": "the row lock of the receipt numbers and their unique key are gone",
    "early": "a payment is acknowledged before it is committed",
    "sealing": "the sealing lock and the unique place in the log are gone",
}
