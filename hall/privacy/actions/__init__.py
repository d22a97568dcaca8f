"""Writes of the privacy desk; each is one act."""

from hall.privacy.actions.anonymising import anonymise
from hall.privacy.actions.asking import answer_erasure, ask_erasure, record_copy, ring
from hall.privacy.actions.erasing import carry_out
from hall.privacy.actions.keeping import retire, tell_due

__all__ = ["anonymise", "answer_erasure", "ask_erasure", "carry_out", "record_copy", "retire", "ring", "tell_due"]
