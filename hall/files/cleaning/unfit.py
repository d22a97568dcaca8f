"""What cleaning answers: the file as it may be kept, or why it is not."""

from dataclasses import dataclass

LARGEST = 32 * 1024 * 1024  # bytes a cleaned file may have


class Unfit(Exception):
    """The file is not kept. Carries a code; `hall.files.rules` has the sentence that says what to do."""

    def __init__(self, code: str):
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Clean:
    """What is kept: the kind by content, the bytes, and codes of what was taken out (empty: as it was sent)."""

    kind: str
    data: bytes
    removed: tuple[str, ...] = ()
