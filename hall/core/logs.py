"""The log: one line of JSON for each event, so that no text of a request can pretend to be another event (B30)."""

import json
import logging
import re
from datetime import UTC, datetime

UNSEEN = re.compile("[\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


class OneLine(logging.Formatter):
    """at, level, log, text and, where there is one, trace. Line breaks, terminal codes and turned writing are spelled out."""

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "log": record.name,
            "text": record.getMessage(),
        }
        if record.exc_info:
            said["trace"] = self.formatException(record.exc_info)
        return UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(said, ensure_ascii=False))
