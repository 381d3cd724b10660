"""The base of every domain type: frozen, keyword-only, slotted, and strict about unknown keys."""

from __future__ import annotations

import msgspec


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=False):
    """A value that is validated once, where it is made, and never changed."""
