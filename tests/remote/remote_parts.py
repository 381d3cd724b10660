"""A server that gives parts of a file, honestly."""

import re
import threading


class Parts:
    """Answers requests for parts of ``data``."""

    def __init__(self, data, etag='"one"'):
        self.data, self.etag, self.sent, self.lock = data, etag, 0, threading.Lock()

    def __call__(self, asked):
        first, last = (int(n) for n in re.fullmatch(r"bytes=(\d+)-(\d+)", asked.headers["Range"]).groups())
        last = min(last, len(self.data) - 1)
        self.give(asked, first, last, len(self.data), self.data[first : last + 1])

    def give(self, asked, first, last, size, part, status=206, **headers):
        with self.lock:
            self.sent += len(part)
        if self.etag:
            headers["ETag"] = self.etag
        asked.reply(part, status, Content_Range=f"bytes {first}-{last}/{size}", **headers)
