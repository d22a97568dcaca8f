"""What granian serves in a round."""

from faults.weak import take_away
from hall.wsgi import application

take_away()
__all__ = ("application",)
