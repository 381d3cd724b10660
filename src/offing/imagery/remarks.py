"""What had to be done to a file's colours before they could be looked at: said, never done silently."""

from __future__ import annotations

from offing.imagery.source import NO_ALPHA, SourceFile
from offing.imagery.turning import AS_STORED, Turn


def remarks(source: SourceFile, turn: Turn = AS_STORED) -> tuple[str, ...]:
    """One clause for each thing about the way in which a file stores colours that changes what is seen."""
    found = []
    converted = source.colour_space is not None and source.colour_space.upper() not in {"YCBCR", "RGB"}
    if converted:
        found.append(f"its colours were converted from {source.colour_space}")
    if source.masked and "alpha" in source.interpretations and not converted:
        found.append("its alpha band is taken as its mask")
    if NO_ALPHA in source.interpretations:
        found.append("its band marked as alpha holds a picture, so it is not taken as a mask")
    if source.pages > 1:
        found.append(f"it holds {source.pages} pages, of which only the first is read")
    if any(turn):
        found.append(
            f"turned upright by its EXIF orientation {source.tags.get('EXIF_ORIENTATION', '')}: columns and rows count "
            "in the picture as it is shown"
        )
    return tuple(found)
