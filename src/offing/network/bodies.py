"""Bodies, read piece by piece and unpacked here, so that a small answer cannot become a large one unseen."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from urllib3.response import BaseHTTPResponse

_PIECE = 1 << 16
_GZIP = 31
"""zlib's window bits for gzip and nothing else."""


class TooLargeError(Exception):
    """There are more bytes than allowed."""


class TornBodyError(Exception):
    """The body ends early or cannot be unpacked."""


def read_body(response: BaseHTTPResponse, most_bytes: int) -> bytes:
    """The whole body, unpacked. Raises TooLargeError, TornBodyError and what urllib3 raises."""
    packed = response.headers.get("content-encoding", "identity").strip().lower() or "identity"
    if packed not in ("identity", "gzip", "x-gzip"):
        raise TornBodyError(f"its answer is packed in a way that was not asked for ({packed[:20]!r})")
    pieces = _pieces(response, most_bytes)
    return _whole(pieces if packed == "identity" else _unpacked(pieces, most_bytes), most_bytes)


def _pieces(response: BaseHTTPResponse, most_bytes: int) -> Iterator[bytes]:
    """The body as it comes, no more than ``most_bytes``."""
    total = 0
    while piece := response.read(_PIECE, decode_content=False):
        total += len(piece)
        if total > most_bytes:
            raise TooLargeError
        yield piece


def _whole(pieces: Iterator[bytes], most_bytes: int) -> bytes:
    body = bytearray()
    for piece in pieces:
        body += piece
        if len(body) > most_bytes:
            raise TooLargeError
    return bytes(body)


def _unpacked(pieces: Iterator[bytes], most_bytes: int) -> Iterator[bytes]:
    """The body unpacked, in pieces; a piece is at most one byte longer than what may come."""
    unpacking, begun = zlib.decompressobj(_GZIP), False
    for piece in pieces:
        data = piece
        while data:
            if unpacking.eof:
                unpacking = zlib.decompressobj(_GZIP)
            try:
                made = unpacking.decompress(data, most_bytes + 1)
            except zlib.error as error:
                raise TornBodyError("its answer cannot be unpacked") from error
            begun = True
            yield made
            data = unpacking.unconsumed_tail or unpacking.unused_data
    if begun and not unpacking.eof:
        raise TornBodyError("its answer ends early")
