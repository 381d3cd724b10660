"""What other pictures of the same place tell: what is always there, and what lies at the quay now."""

from __future__ import annotations

from offing.vessels.detection.stack.detect import detect_with_background

__all__ = ["detect_with_background"]
