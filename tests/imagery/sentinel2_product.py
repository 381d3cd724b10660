"""Small Sentinel-2 products laid out as ESA's: JPEG 2000 bands, metadata, and a ZIP archive of them."""

import zipfile

import numpy as np
import rasterio
from picture_fixtures import grid

TILE, SENSED = "T52TFN", "20240612T013701"
NAME = {
    "L2A": f"S2A_MSIL2A_{SENSED}_N0510_R117_{TILE}_20240612T045600.SAFE",
    "L1C": f"S2A_MSIL1C_{SENSED}_N0510_R117_{TILE}_20240612T032900.SAFE",
}
GRANULE = {"L2A": f"L2A_{TILE}_A046871_{SENSED}", "L1C": f"L1C_{TILE}_A046871_{SENSED}"}
SIZES = {"B02": 10, "B03": 10, "B04": 10, "B08": 10, "B11": 20, "SCL": 20}
SIDE_M = 1600


def band_file(level, band, metres):
    """A band's file, relative to the product."""
    base = f"GRANULE/{GRANULE[level]}/IMG_DATA"
    if level == "L1C":
        return f"{base}/{TILE}_{SENSED}_{band}.jp2"
    return f"{base}/R{metres}m/{TILE}_{SENSED}_{band}_{metres}m.jp2"


def numbers(random, band):
    """What is stored of a band, (rows, cols)."""
    side = SIDE_M // SIZES[band]
    if band == "SCL":
        return random.integers(2, 10, (side, side)).astype(np.uint8)
    return random.integers(1010, 5000, (side, side)).astype(np.uint16)


def write_band(path, stored, metres):
    path.parent.mkdir(parents=True, exist_ok=True)
    with rasterio.open(
        path, "w", driver="JP2OpenJPEG", width=stored.shape[1], height=stored.shape[0], count=1, dtype=stored.dtype,
        crs="EPSG:32652", transform=grid(600000.0, 4800000.0, metres), QUALITY="100", REVERSIBLE="YES",
        BLOCKXSIZE=64, BLOCKYSIZE=64,
    ) as out:  # fmt: skip
        out.write(stored, 1)


def metadata(level, *, baseline="05.10", quantification="10000", offsets="-1000"):
    """MTD_MSIL….xml; ``offsets`` None: a product from before baseline 04.00."""
    name, parent = {
        "L2A": ("BOA_ADD_OFFSET", "BOA_ADD_OFFSET_VALUES_LIST"), "L1C": ("RADIO_ADD_OFFSET", "Radiometric_Offset_List"),
    }[level]  # fmt: skip
    listed = "".join(f'<{name} band_id="{i}">{offsets}</{name}>' for i in range(13))
    scale = f'<QUANTIFICATION_VALUE unit="none">{quantification}</QUANTIFICATION_VALUE>'
    if level == "L2A":
        scale = f"<QUANTIFICATION_VALUES_LIST>{scale.replace('QUANT', 'BOA_QUANT')}</QUANTIFICATION_VALUES_LIST>"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><n1:User_Product xmlns:n1="https://psd-14.sentinel2.eo.esa.int/PSD">'
        "<n1:General_Info><Product_Info><PRODUCT_START_TIME>2024-06-12T01:37:01.024Z</PRODUCT_START_TIME>"
        f"<PROCESSING_BASELINE>{baseline}</PROCESSING_BASELINE></Product_Info><Product_Image_Characteristics>{scale}"
        + (f"<{parent}>{listed}</{parent}>" if offsets is not None else "")
        + "</Product_Image_Characteristics></n1:General_Info></n1:User_Product>"
    )


TILE_XML = (
    '<n1:Tile_ID xmlns:n1="https://psd-14.sentinel2.eo.esa.int/PSD"><n1:General_Info>'
    '<SENSING_TIME metadataLevel="Standard">2024-06-12T01:41:52.386243Z</SENSING_TIME>'
    "</n1:General_Info></n1:Tile_ID>"
)


def make_product(folder, random, level="L2A", *, xml=None, stored=None):
    """(the product's folder, what is stored by band); L2A repeats the 10 m bands at 20 m."""
    root = folder / NAME[level]
    stored = stored or {b: numbers(random, b) for b in SIZES if level == "L2A" or b != "SCL"}
    for band, values in stored.items():
        write_band(root / band_file(level, band, SIZES[band]), values, SIZES[band])
        if level == "L2A" and SIZES[band] == 10:
            write_band(root / band_file(level, band, 20), values[::2, ::2], 20)
    white = np.full((SIDE_M // 10, SIDE_M // 10), 200, np.uint8)
    write_band(root / band_file(level, "TCI", 10), white, 10)
    (root / f"MTD_MSI{level}.xml").write_text(xml or metadata(level))
    (root / "manifest.safe").write_text("<XFDU/>")
    (root / "GRANULE" / GRANULE[level] / "MTD_TL.xml").write_text(TILE_XML)
    return root, stored


def packed(root):
    """The product as the ZIP archive in which it is downloaded."""
    path = root.with_suffix(".zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(p for p in root.rglob("*") if p.is_file()):
            archive.write(file, f"{root.name}/{file.relative_to(root).as_posix()}")
    return path
