"""What the quality bands of a picture say of its sky, cell by cell: SCL, UDM2, UDM, QA_PIXEL, MSK_CLASSI.

SCL: Sentinel-2 Products Specification Document, level 2A. UDM2 and UDM: Planet Imagery Product Specification.
QA_PIXEL: Landsat Collection 2 quality assessment bands (USGS). MSK_CLASSI: level 1C from baseline 04.00 on.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from offing.imagery.bands import MASK_BANDS, QUALITY_BANDS
from offing.imagery.sky import Bools, Sky, empty_sky

Floats = NDArray[np.float32]

SCL_EMPTY, SCL_DEFECT, SCL_SHADOW, SCL_CLOUD, SCL_CIRRUS = 0, 1, 3, (8, 9), 10
"""Classes of the scene classification; 2 is dark ground, and water all too often, and stays usable."""
_UDM_BLACKFILL, _UDM_CLOUD, _UDM_SUSPECT = 1, 2, 0b0111_1100
_QA_FILL, _QA_DILATED, _QA_CIRRUS, _QA_CLOUD, _QA_SHADOW = 1, 2, 4, 8, 16
_SURE = 50.0
"""UDM2's confidence, per cent, below which its answer is little better than a guess."""


def layers_used(bands: tuple[str, ...]) -> tuple[str, ...]:
    """Of a picture's quality bands those that tell of the sky together; empty: none does.

    Of several masks the first of ``QUALITY_BANDS`` is taken.
    """
    first = next((name for name in QUALITY_BANDS if name in bands), None)
    return () if first is None else tuple(b for b in MASK_BANDS.get(first, (first,)) if b in bands)


def sky_by_masks(masks: Mapping[str, Floats]) -> Sky:
    """The sky by quality bands, (rows, cols) of the numbers stored by name, as ``layers_used`` chose them."""
    name = next(iter(masks))
    return {"SCL": _scl, "UDM2": _udm2, "QA_PIXEL": _qa_pixel, "UDM": _udm, "MSK_CLASSI": _classi}[name](masks)


def _scl(masks: Mapping[str, Floats]) -> Sky:
    classes = masks["SCL"]
    return _sky(
        "quality band SCL",
        cloud=np.isin(classes, SCL_CLOUD),
        thin=classes == SCL_CIRRUS,
        shadow=classes == SCL_SHADOW,
        lost=np.isin(classes, (SCL_EMPTY, SCL_DEFECT)) | ~np.isfinite(classes),
    )


def _udm2(masks: Mapping[str, Floats]) -> Sky:
    """Where only "clear" is there, what is not clear counts as cloud."""
    clear = masks["UDM2"] == 1
    nothing = np.zeros_like(clear)

    def on(name: str) -> Bools:
        return np.asarray(masks[name] == 1) if name in masks else nothing

    thin, shadow, snow = on("UDM2_LIGHT_HAZE"), on("UDM2_SHADOW"), on("UDM2_SNOW")
    cloud = on("UDM2_CLOUD") | on("UDM2_HEAVY_HAZE")
    told = clear | thin | shadow | snow | cloud
    lost = ~np.isfinite(masks["UDM2"])
    if "UDM2_UNUSABLE" in masks:
        lost |= _bits(masks["UDM2_UNUSABLE"], _UDM_BLACKFILL | _UDM_SUSPECT)
    found = _sky("quality band UDM2", cloud=cloud | ~told, thin=thin, shadow=shadow, lost=lost)
    if "UDM2_CONFIDENCE" not in masks:
        return found
    unsure = (masks["UDM2_CONFIDENCE"] < _SURE) & ~found.cloud & ~found.lost
    return Sky(
        cloud=found.cloud, thin=found.thin, shadow=found.shadow, lost=found.lost, unknown=unsure, basis=found.basis,
        notes=(),
    )  # fmt: skip


def _udm(masks: Mapping[str, Floats]) -> Sky:
    values = masks["UDM"]
    return _sky(
        "quality band UDM",
        cloud=_bits(values, _UDM_CLOUD),
        lost=_bits(values, _UDM_BLACKFILL | _UDM_SUSPECT) | ~np.isfinite(values),
        notes=("thin cloud and shadow not judged by it",),
    )


def _qa_pixel(masks: Mapping[str, Floats]) -> Sky:
    """Dilated cloud, the rim of one or two pixels around it, counts as thin."""
    values = masks["QA_PIXEL"]
    return _sky(
        "quality band QA_PIXEL",
        cloud=_bits(values, _QA_CLOUD),
        thin=_bits(values, _QA_CIRRUS | _QA_DILATED),
        shadow=_bits(values, _QA_SHADOW),
        lost=_bits(values, _QA_FILL) | ~np.isfinite(values),
    )


def _classi(masks: Mapping[str, Floats]) -> Sky:
    opaque = masks["MSK_CLASSI"]
    cirrus = masks.get("MSK_CLASSI_CIRRUS")
    return _sky(
        "quality band MSK_CLASSI",
        cloud=opaque == 1,
        thin=None if cirrus is None else cirrus == 1,
        lost=~np.isfinite(opaque),
        notes=("shadow not judged by it",),
    )


def _bits(values: Floats, bits: int) -> Bools:
    """Where any of the bits is set."""
    whole = np.nan_to_num(values).astype(np.int64)
    return np.asarray(whole & bits != 0)


def _sky(
    basis: str,
    *,
    cloud: Bools,
    lost: Bools,
    thin: Bools | None = None,
    shadow: Bools | None = None,
    notes: tuple[str, ...] = (),
) -> Sky:
    """Each cell is one thing: lost before cloud before thin cloud before shadow."""
    clean = empty_sky(cloud.shape, basis)
    cloud = cloud & ~lost
    thin = clean.thin if thin is None else thin & ~cloud & ~lost
    shadow = clean.shadow if shadow is None else shadow & ~cloud & ~lost & ~thin
    return Sky(cloud=cloud, thin=thin, shadow=shadow, lost=lost, unknown=clean.unknown, basis=basis, notes=notes)
