"""Mail, by the server that HALL_MAIL_URL names."""

from django.core.mail import EmailMessage

from hall.accounts.queries import emails as addresses
from hall.notices.rules import one_line

__all__ = ["addresses", "send"]


def send(address: str, subject: str, text: str) -> None:
    """Send one mail. Header injection is impossible: the subject is one line, and Django refuses line breaks (B29)."""
    EmailMessage(subject=one_line(subject), body=text, to=[address]).send()
