"""The facts of one raster file, and a small sample of its numbers: everything that inference looks at."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from offing.errors import PictureError
from offing.imagery.raster import ONE_THREAD, gdal, open_raster, read_error, tags_of
from offing.records import Record

if TYPE_CHECKING:
    from rasterio.io import DatasetReader

_WHOLE_PX = 4_000_000
"""Pictures up to this size are sampled whole."""
_GRID, _SIDE = 4, 256
"""Larger ones by this many windows each way, of this side in pixels."""
NO_ALPHA = "undefined (marked as alpha)"
"""Interpretation of a band that the file calls alpha and that holds a picture."""
_SHRINK = 4
"""Large JPEG 2000 pictures are sampled at a quarter of their size, which costs a sixteenth of decoding them."""
_SHADES = 16
"""Shades between nothing and full from which an alpha band is a picture: masks and blurred edges have few."""
_SEARCH_PX = 400_000_000
"""How far a picture is searched for a first valid pixel."""


class SourceFile(Record, frozen=True):
    """One raster file as its header describes it."""

    path: Path
    driver: str
    width: int
    height: int
    dtype: str
    """Numpy name of the stored type of the first band."""
    descriptions: tuple[str | None, ...]
    """One per band."""
    interpretations: tuple[str, ...]
    """GDAL colour interpretation per band, lower case."""
    nodata: tuple[float | None, ...]
    """Declared nodata per band."""
    scales: tuple[float, ...]
    offsets: tuple[float, ...]
    tags: Mapping[str, str]
    """Upper-case names."""
    transform: tuple[float, float, float, float, float, float]
    """a, b, c, d, e, f of the affine transform (identity when there is none)."""
    crs_wkt: str | None
    bits: int | None
    """NBITS, where fewer are used than the type holds."""
    masked: bool
    """Whether the file carries a mask of its own (internal mask or alpha)."""
    palette: tuple[tuple[int, int, int, int], ...] | None
    """Colour table (red, green, blue, alpha) by index; None: no paletted file."""
    ground_points: tuple[tuple[float, float, float, float], ...] = ()
    """(col, row, x, y) embedded in the file."""
    ground_crs_wkt: str | None = None
    block: tuple[int, int] = (1, 1)
    """Rows and columns of a stored block."""
    colour_space: str | None = None
    """What the colours were converted from when they were decoded (``CMYK``, ``CIELAB`` …); None: nothing."""
    pages: int = 1
    """Pictures in the file; the first one is read."""

    @property
    def count(self) -> int:
        """Number of bands, alpha included."""
        return len(self.descriptions)

    @property
    def colour_bands(self) -> tuple[int, ...]:
        """1-based indexes of the bands that are no alpha."""
        return tuple(i + 1 for i, name in enumerate(self.interpretations) if name != "alpha")

    @property
    def grey_palette(self) -> bool:
        """Whether a colour table holds grey values only."""
        return self.palette is not None and all(r == g == b for r, g, b, a in self.palette if a)

    def colours(self) -> NDArray[np.float32]:
        """The colour table, (entries, 4): red, green, blue in 0–255 and alpha; NaN where an entry is transparent."""
        table = np.array(self.palette, np.float32)
        table[table[:, 3] == 0] = np.nan
        return table

    @property
    def simulated(self) -> bool:
        """Any word but a plain no counts: a simulated picture must never pass for a real one."""
        return self.tags.get("OFFING_SIMULATED", "").strip().lower() not in {"", "0", "no", "false"}

    @property
    def integer(self) -> bool:
        """Whether whole numbers are stored."""
        return bool(np.issubdtype(np.dtype(self.dtype), np.integer))


class Sample(Record, frozen=True):
    """Numbers as stored, from windows spread over one file."""

    windows: tuple[NDArray[np.float32], ...]
    """(bands, rows, cols) each; bands are the file's colour bands; NaN where masked, nodata or not finite."""

    def values(self, band: int) -> NDArray[np.float32]:
        """All finite numbers of the 0-based colour band."""
        flat = np.concatenate([w[band].ravel() for w in self.windows])
        return np.asarray(flat[np.isfinite(flat)])

    @property
    def pixels(self) -> NDArray[np.float32]:
        """(bands, n): every sampled pixel."""
        return np.asarray(np.concatenate([w.reshape(w.shape[0], -1) for w in self.windows], axis=1))


NO_SAMPLE = Sample(windows=(np.full((1, 1, 1), np.nan, np.float32),))
"""Where nothing has to be inferred."""


def inspect(path: Path) -> tuple[SourceFile, Sample]:
    """The facts and a sample of one file. Raises PictureError when it cannot be read, holds a mask or a line drawing
    of two values, or nothing in it is valid, unless it is a clip that offing made.
    """
    with open_raster(path) as dataset:
        source = _told_apart(facts_of(path, dataset), dataset)
        sample = _sample(source, dataset)
        # A clip of ours may lie where its picture had no data; that look is told as one without data.
        if not any(np.isfinite(w).any() for w in sample.windows) and "OFFING_SOURCE_SHA256" not in source.tags:
            sample = _first_valid(source, dataset)
    return source, sample


def facts_of(path: Path, dataset: DatasetReader) -> SourceFile:
    """The facts of an open file."""
    from rasterio.enums import MaskFlags

    points, points_crs = dataset.gcps
    t = dataset.transform
    structure = dataset.tags(1, ns="IMAGE_STRUCTURE")
    flags = {flag for band in dataset.mask_flag_enums for flag in band}
    rows, cols = dataset.block_shapes[0]
    return SourceFile(
        path=path,
        driver=dataset.driver,
        width=dataset.width,
        height=dataset.height,
        dtype=str(dataset.dtypes[0]),
        descriptions=tuple(dataset.descriptions),
        interpretations=tuple(c.name.lower() for c in dataset.colorinterp),
        nodata=tuple(None if v is None else float(v) for v in dataset.nodatavals),
        scales=tuple(float(v) for v in dataset.scales),
        offsets=tuple(float(v) for v in dataset.offsets),
        tags=tags_of(dataset),
        transform=(t.a, t.b, t.c, t.d, t.e, t.f),
        crs_wkt=dataset.crs.to_wkt() if dataset.crs else None,
        bits=int(structure["NBITS"]) if structure.get("NBITS", "").isdigit() else None,
        masked=MaskFlags.per_dataset in flags,
        palette=_palette(dataset),
        ground_points=tuple((p.col, p.row, p.x, p.y) for p in points),
        ground_crs_wkt=points_crs.to_wkt() if points_crs else None,
        block=(int(rows), int(cols)),
        colour_space=dataset.tags(ns="IMAGE_STRUCTURE").get("SOURCE_COLOR_SPACE"),
        pages=max(1, sum(name.startswith("GTIFF_DIR:") for name in dataset.subdatasets)),
    )


def _palette(dataset: DatasetReader) -> tuple[tuple[int, int, int, int], ...] | None:
    if dataset.colorinterp[0].name != "palette":
        return None
    try:
        table: dict[int, Any] = dataset.colormap(1)
    except ValueError:
        return None
    size = 65536 if dataset.dtypes[0] == "uint16" else 256
    empty = dataset.nodatavals[0]
    shown = {i: tuple(int(v) for v in colour) for i, colour in table.items() if i != empty}
    return tuple(shown.get(i, (0, 0, 0, 0)) for i in range(size))  # type: ignore[misc]


def read_numbers(
    source: SourceFile,
    dataset: DatasetReader,
    indexes: list[int],
    window: tuple[int, int, int, int],
    shape: tuple[int, int] | None = None,
) -> NDArray[np.float32]:
    """(bands, rows, cols) as stored; ``window`` is col0, row0, col1, row1. NaN where not finite; nodata is left in.

    ``shape``: (rows, cols) to which it is reduced, from the file's overviews where it has any.
    """
    from rasterio.errors import RasterioError
    from rasterio.windows import Window

    col0, row0, col1, row1 = window
    view = Window(col0, row0, col1 - col0, row1 - row0)
    # A 4-byte integer or a double does not fit float32 exactly, and nodata has to be compared exactly.
    wide = np.dtype(source.dtype).itemsize >= 4 and source.dtype != "float32"
    try:
        with gdal(ONE_THREAD.get(source.driver)):
            out = None if shape is None else (len(indexes), *shape)
            numbers = dataset.read(indexes, window=view, out_shape=out, out_dtype="float64" if wide else "float32")
    except (RasterioError, OSError, ValueError, MemoryError) as error:
        raise read_error(source.path, error) from error
    if wide:
        for layer, index in zip(numbers, indexes, strict=True):
            nodata = source.nodata[index - 1]
            if nodata is not None and not source.integer:
                layer[layer == nodata] = np.nan
        with np.errstate(over="ignore", invalid="ignore"):
            numbers = numbers.astype(np.float32)
    if not source.integer:
        numbers[~np.isfinite(numbers)] = np.nan
    return np.asarray(numbers, np.float32)


def single(number: float) -> np.float32:
    """The number as it is after reading; one too large for float32 has already become NaN and equals nothing."""
    with np.errstate(over="ignore"):
        return np.float32(number)


def read_mask(
    source: SourceFile, dataset: DatasetReader, window: tuple[int, int, int, int]
) -> NDArray[np.bool_] | None:
    """(rows, cols), True where the file's own mask or alpha band hides the pixel; None when it has none."""
    if not source.masked:
        return None
    from rasterio.errors import RasterioError
    from rasterio.windows import Window

    col0, row0, col1, row1 = window
    view = Window(col0, row0, col1 - col0, row1 - row0)
    try:
        with gdal():
            return np.asarray(dataset.read_masks(source.colour_bands[0], window=view) == 0)
    except (RasterioError, OSError, ValueError, MemoryError) as error:
        raise read_error(source.path, error) from error


def _told_apart(source: SourceFile, dataset: DatasetReader) -> SourceFile:
    """The facts, with an alpha band that holds a picture taken for a band. Raises PictureError for two values a pixel.

    GDAL calls the last of four 8-bit bands alpha when it writes a GeoTIFF and nobody says otherwise; near infrared is
    then lost, and dark water hidden.
    """
    if source.bits == 1:
        raise PictureError(
            "has two values only (1 bit a pixel): a mask or a line drawing",
            where=str(source.path),
            fix="give the picture with its grey values or colours",
        )
    if source.driver != "GTiff" or source.interpretations[1:].count("alpha") != 1 or source.colour_space:
        return source
    at = source.interpretations.index("alpha")
    values = np.concatenate([read_numbers(source, dataset, [at + 1], box).ravel() for box in _boxes(source)])
    full = np.iinfo(source.dtype).max if source.integer else 1.0
    between = values[(values > 0) & (values < full)]
    if between.size < 0.5 * values.size or np.unique(between).size < _SHADES:
        return source
    kinds = tuple(NO_ALPHA if i == at else kind for i, kind in enumerate(source.interpretations))
    return msgspec.structs.replace(source, interpretations=kinds, masked=False)


def _sample(source: SourceFile, dataset: DatasetReader) -> Sample:
    large = source.driver == "JP2OpenJPEG" and source.width * source.height > _WHOLE_PX
    plain = source.palette is None and not source.masked and _SHRINK in dataset.overviews(1)
    shrink = _SHRINK if large and plain else 1
    return Sample(windows=tuple(_clean(source, dataset, box, shrink) for box in _boxes(source, _SIDE * shrink)))


def _boxes(source: SourceFile, side: int = _SIDE) -> list[tuple[int, int, int, int]]:
    """The windows that are sampled: all of a small picture, else some spread over it."""
    if source.width * source.height <= _WHOLE_PX:
        return [(0, 0, source.width, source.height)]
    cols = _starts(source.width, side, source.block[1], _GRID)
    rows = _starts(source.height, side, source.block[0], _GRID)
    return [(c, r, min(c + side, source.width), min(r + side, source.height)) for r in rows for c in cols]


def _starts(extent: int, side: int, block: int, grid: int) -> list[int]:
    """Window starts spread over an axis, on block edges where blocks hold a window, so that few blocks are decoded."""
    last = max(0, extent - side)
    starts = np.linspace(0, last, grid).astype(int)
    if side <= block < extent:
        starts = np.minimum(starts // block * block, last)
    return sorted({int(s) for s in starts})


def _clean(
    source: SourceFile, dataset: DatasetReader, box: tuple[int, int, int, int], shrink: int = 1
) -> NDArray[np.float32]:
    shape = None if shrink == 1 else (-(-(box[3] - box[1]) // shrink), -(-(box[2] - box[0]) // shrink))
    numbers = read_numbers(source, dataset, list(source.colour_bands), box, shape)
    if source.palette is not None:
        colours = source.colours()[numbers[0].astype(np.intp)]
        return colours[None, ..., 0] if source.grey_palette else np.where(np.isnan(colours[..., 0]), np.nan, numbers)
    for layer, index in zip(numbers, source.colour_bands, strict=True):
        nodata = source.nodata[index - 1]
        if nodata is not None:
            layer[layer == single(nodata)] = np.nan
    mask = read_mask(source, dataset, box)
    if mask is not None:
        numbers[:, mask] = np.nan
    return numbers


def _first_valid(source: SourceFile, dataset: DatasetReader) -> Sample:
    """A sample around the first valid pixel that is found; raises PictureError when there is none."""
    side, seen = 1024, 0
    for row in range(0, source.height, side):
        for col in range(0, source.width, side):
            box = (col, row, min(col + side, source.width), min(row + side, source.height))
            numbers = _clean(source, dataset, box)
            if np.isfinite(numbers).any():
                return Sample(windows=(numbers,))
            seen += side * side
            if seen >= _SEARCH_PX:
                raise PictureError(
                    f"no valid pixel was found in samples of it and in its first {seen // 1_000_000} million pixels",
                    where=str(source.path),
                    fix="cut out the part that holds the picture",
                )
    raise PictureError(
        "holds no valid pixel: all is nodata, transparent or not a number",
        where=str(source.path),
        fix="check the export, or get another picture",
    )
