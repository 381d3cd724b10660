"""Small Sentinel-1 GRD products with the structure and element names of ESA's specification (S1-RS-MDA-52-7441).

Their place is that of a simulated orbit (``safe_orbit``), their numbers are written so that the backscatter is known.
"""

import zipfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

import numpy as np
import rasterio
import safe_orbit

LIGHT = 299_792_458.0
PRF = {"IW1": 1717.128973878037, "IW2": 1451.627112193990, "IW3": 1685.817302492702}


@dataclass
class Safe:
    """What a product is made of; everything that is derived is a property."""

    polarisations: tuple = ("VV", "VH")
    passing: str = "descending"
    lines: int = 240
    samples: int = 330
    spacing: float = 10.0
    place: tuple = (132.335, 42.879)
    near_incidence: float = 38.0
    height: object = None
    """Function (line share, sample share) → terrain height at the grid's points, metres."""
    version: str = "003.71"
    cog: bool = False
    grid: tuple = (10, 21)
    kind: str = "GRD"
    noise_level: float = 900.0
    sigma0: dict = field(default_factory=lambda: {"VV": 0.02, "VH": 0.002, "HH": 0.02, "HV": 0.002})
    seed: int = 7
    looks: float = 4.4

    @property
    def start(self):
        hour = "2024-10-12T21:22:10.123456" if self.passing == "descending" else "2024-10-12T08:50:31.500000"
        return datetime.fromisoformat(hour).replace(tzinfo=UTC)

    @property
    def interval(self):
        return self.spacing / 6790.0

    @property
    def stop(self):
        return self.start + timedelta(seconds=self.interval * (self.lines - 1))

    @property
    def stamp(self):
        return f"{self.start:%Y%m%dT%H%M%S}_{self.stop:%Y%m%dT%H%M%S}_056075_06DC1C"

    @property
    def name(self):
        pols = {("VV",): "SSV", ("HH",): "SSH", ("VV", "VH"): "SDV", ("HH", "HV"): "SDH"}[tuple(self.polarisations)]
        kind = {"GRD": "GRDH", "SLC": "SLC_"}[self.kind]
        return f"S1A_IW_{kind}_1{pols}_{self.stamp}_A1B2{'_COG' if self.cog else ''}.SAFE"

    def stem(self, pol):
        number = self.polarisations.index(pol) + 1
        tail = "-cog" if self.cog else ""
        kind = self.kind.lower()
        return f"s1a-iw-{kind}-{pol.lower()}-{self.stamp.lower().replace('_', '-')}-{number:03d}{tail}"

    # Geometry --------------------------------------------------------------------------------------------------

    def reach(self, sample):
        return safe_orbit.slant_range(self.near_incidence, sample * self.spacing)

    def time(self, line):
        return line * self.interval

    @cached_property
    def orbit(self):
        middle = ((self.lines - 1) / 2, (self.samples - 1) / 2)
        return safe_orbit.orbit_over(*self.place, self.passing, self.time(middle[0]), self.reach(middle[1]))

    def lonlat(self, line, sample, height=0.0):
        """Where the centre of a stored pixel lies."""
        return self.orbit.target(self.time(line), self.reach(sample), height)

    def stored(self, col, row):
        """(line, sample) of a point of the turned picture (outer-corner coordinates)."""
        if self.passing == "ascending":
            return self.lines - row - 0.5, col - 0.5
        return row - 0.5, self.samples - col - 0.5

    @property
    def grid_lines(self):
        return np.unique(np.linspace(0, self.lines - 1, self.grid[0]).astype(int))

    @property
    def grid_samples(self):
        return np.unique(np.linspace(0, self.samples - 1, self.grid[1]).astype(int))

    # Radiometry ------------------------------------------------------------------------------------------------

    @property
    def vector_lines(self):
        return [-40, self.lines // 3, 2 * self.lines // 3, self.lines + 60]

    @property
    def vector_samples(self):
        return np.unique(np.append(np.arange(0, self.samples, 40), self.samples - 1))

    def gain(self, line, samples):
        """The sigmaNought vector of a line."""
        return np.round(620.0 - 0.02 * np.asarray(samples) * (1 + line / (4 * self.lines)) + 0.05 * line, 4)

    def noise(self, line, samples):
        """The noise vector of a line, DN²."""
        return np.round(
            self.noise_level * (1.0 + 0.3 * np.cos(np.asarray(samples) / 60.0) + line / (10 * self.lines)), 3
        )

    @property
    def split(self):
        """First sample of the farther of two sub-swaths."""
        return self.samples // 2 + 3

    def azimuth_blocks(self):
        """(swath, first line, last line, first sample, last sample, lines, factors) of the noise along azimuth."""
        third = self.lines // 3
        at = np.unique(np.append(np.arange(0, self.lines, 25), self.lines - 1))
        wave = np.round(1.0 + 0.2 * np.sin(at / 15.0), 5)
        late = at[at >= third]
        return [
            ("IW1", 0, self.lines - 1, 0, self.split - 1, at, wave),
            ("IW2", 0, third - 1, self.split, self.samples - 1, np.array([0, third - 1]), np.array([0.8, 1.1])),
            ("IW2", third, self.lines - 1, self.split, self.samples - 1, late, np.round(2.0 - wave[at >= third], 5)),
        ]

    def numbers(self, pol):
        """(lines, samples) of digital numbers: a homogeneous sea with speckle over thermal noise."""
        rng = np.random.default_rng((self.seed, self.polarisations.index(pol)))
        line, sample = np.arange(self.lines)[:, None], np.arange(self.samples)[None]
        power = self.sigma0[pol] * self.gain(line, sample) ** 2 + self.noise(line, sample)
        speckle = rng.gamma(self.looks, 1 / self.looks, power.shape)
        return np.clip(np.round(np.sqrt(power * speckle)), 1, 65535).astype(np.uint16)

    # Files -----------------------------------------------------------------------------------------------------

    def annotation(self, pol):
        t = "%Y-%m-%dT%H:%M:%S.%f"
        return f"""<?xml version="1.0" encoding="UTF-8"?>
<product>
  {self._head(pol)}
  <generalAnnotation>
    <productInformation>
      <pass>{self.passing.title()}</pass>
      <timelinessCategory>Fast-24h</timelinessCategory>
      <platformHeading>-1.66e+02</platformHeading>
      <projection>Ground Range</projection>
      <rangeSamplingRate>6.434523812571428e+07</rangeSamplingRate>
      <radarFrequency>5.405000454334350e+09</radarFrequency>
      <azimuthSteeringRate>1.590368784000000e+00</azimuthSteeringRate>
    </productInformation>
    <downlinkInformationList count="3">{"".join(self._downlink(*item) for item in PRF.items())}
    </downlinkInformationList>
    <orbitList count="3">{"".join(self._orbit(s) for s in (-10, 0, 10))}
    </orbitList>
  </generalAnnotation>
  <imageAnnotation>
    <imageInformation>
      <productFirstLineUtcTime>{self.start:{t}}</productFirstLineUtcTime>
      <productLastLineUtcTime>{self.stop:{t}}</productLastLineUtcTime>
      <slantRangeTime>{2 * self.reach(0) / LIGHT:.15e}</slantRangeTime>
      <pixelValue>Detected</pixelValue>
      <outputPixels>16 bit Unsigned Integer</outputPixels>
      <rangePixelSpacing>{self.spacing:e}</rangePixelSpacing>
      <azimuthPixelSpacing>{self.spacing:e}</azimuthPixelSpacing>
      <azimuthTimeInterval>{self.interval:.15e}</azimuthTimeInterval>
      <azimuthFrequency>4.86e+02</azimuthFrequency>
      <numberOfSamples>{self.samples}</numberOfSamples>
      <numberOfLines>{self.lines}</numberOfLines>
      <incidenceAngleMidSwath>3.9e+01</incidenceAngleMidSwath>
    </imageInformation>
  </imageAnnotation>
  <geolocationGrid>
    <geolocationGridPointList count="{len(self.grid_lines) * len(self.grid_samples)}">{"".join(self._points())}
    </geolocationGridPointList>
  </geolocationGrid>
  <swathMerging>
    <swathMergeList count="2">{self._merge("IW1", 0, self.split - 1)}{self._merge("IW2", self.split, self.samples - 1)}
    </swathMergeList>
  </swathMerging>
</product>
"""

    def _head(self, pol):
        t = "%Y-%m-%dT%H:%M:%S.%f"
        return f"""<adsHeader>
    <missionId>S1A</missionId>
    <productType>{self.kind}</productType>
    <polarisation>{pol}</polarisation>
    <mode>IW</mode>
    <swath>IW</swath>
    <startTime>{self.start:{t}}</startTime>
    <stopTime>{self.stop:{t}}</stopTime>
    <absoluteOrbitNumber>56075</absoluteOrbitNumber>
    <missionDataTakeId>449564</missionDataTakeId>
    <imageNumber>001</imageNumber>
  </adsHeader>"""

    def _downlink(self, swath, prf):
        return f"""
      <downlinkInformation>
        <swath>{swath}</swath>
        <prf>{prf:.15e}</prf>
      </downlinkInformation>"""

    def _orbit(self, seconds):
        v = self.orbit.velocity(seconds)
        p = self.orbit.position(seconds)
        axes = lambda values: "".join(f"<{a}>{c:.9e}</{a}>" for a, c in zip("xyz", values, strict=True))  # noqa: E731
        return f"""
      <orbit>
        <time>{self.start + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%S.%f}</time>
        <frame>Earth Fixed</frame>
        <position>{axes(p)}</position>
        <velocity>{axes(v)}</velocity>
      </orbit>"""

    def _points(self):
        for line in self.grid_lines:
            for sample in self.grid_samples:
                height = self.height(line / self.lines, sample / self.samples) if self.height else 0.0
                place = self.lonlat(line, sample, height)
                yield f"""
      <geolocationGridPoint>
        <azimuthTime>{self.start + timedelta(seconds=self.time(int(line))):%Y-%m-%dT%H:%M:%S.%f}</azimuthTime>
        <slantRangeTime>{2 * self.reach(sample) / LIGHT:.15e}</slantRangeTime>
        <line>{line}</line>
        <pixel>{sample}</pixel>
        <latitude>{place[1]:.15e}</latitude>
        <longitude>{place[0]:.15e}</longitude>
        <height>{height:.15e}</height>
        <incidenceAngle>{self.orbit.incidence(self.time(line), place, height):.15e}</incidenceAngle>
        <elevationAngle>3.4e+01</elevationAngle>
      </geolocationGridPoint>"""

    def _merge(self, swath, first, last):
        return f"""
      <swathMerge>
        <swath>{swath}</swath>
        <swathBoundsList count="1">
          <swathBounds>
            <azimuthTime>{self.start:%Y-%m-%dT%H:%M:%S.%f}</azimuthTime>
            <firstAzimuthLine>0</firstAzimuthLine>
            <firstRangeSample>{first}</firstRangeSample>
            <lastAzimuthLine>{self.lines - 1}</lastAzimuthLine>
            <lastRangeSample>{last}</lastRangeSample>
          </swathBounds>
        </swathBoundsList>
      </swathMerge>"""

    def calibration(self, pol):
        pixels = self.vector_samples
        vectors = "".join(
            f"""
    <calibrationVector>
      <azimuthTime>{self.start:%Y-%m-%dT%H:%M:%S.%f}</azimuthTime>
      <line>{line}</line>
      <pixel count="{len(pixels)}">{" ".join(map(str, pixels))}</pixel>
      <sigmaNought count="{len(pixels)}">{" ".join(f"{v:.6e}" for v in self.gain(line, pixels))}</sigmaNought>
      <betaNought count="{len(pixels)}">{" ".join("4.740000e+02" for _ in pixels)}</betaNought>
      <gamma count="{len(pixels)}">{" ".join("5.000000e+02" for _ in pixels)}</gamma>
      <dn count="{len(pixels)}">{" ".join("4.740000e+02" for _ in pixels)}</dn>
    </calibrationVector>"""
            for line in self.vector_lines
        )
        return f"""<?xml version="1.0" encoding="UTF-8"?>
<calibration>
  {self._head(pol)}
  <calibrationInformation>
    <absoluteCalibrationConstant>1.000000e+00</absoluteCalibrationConstant>
  </calibrationInformation>
  <calibrationVectorList count="{len(self.vector_lines)}">{vectors}
  </calibrationVectorList>
</calibration>
"""

    @property
    def legacy(self):
        return self.version < "002.90"

    def noise_xml(self, pol):
        name, lut = ("noise", "noiseLut") if self.legacy else ("noiseRange", "noiseRangeLut")
        pixels = self.vector_samples[::2]  # noise has a pixel list of its own
        vectors = "".join(
            f"""
    <{name}Vector>
      <azimuthTime>{self.start:%Y-%m-%dT%H:%M:%S.%f}</azimuthTime>
      <line>{line}</line>
      <pixel count="{len(pixels)}">{" ".join(map(str, pixels))}</pixel>
      <{lut} count="{len(pixels)}">{" ".join(f"{v:.6e}" for v in self.noise(line, pixels))}</{lut}>
    </{name}Vector>"""
            for line in self.vector_lines[1:]
        )
        along = "" if self.legacy else self._azimuth_noise()
        return f"""<?xml version="1.0" encoding="UTF-8"?>
<noise>
  {self._head(pol)}
  <{name}VectorList count="{len(self.vector_lines) - 1}">{vectors}
  </{name}VectorList>{along}
</noise>
"""

    def _azimuth_noise(self):
        blocks = "".join(
            f"""
    <noiseAzimuthVector>
      <swath>{swath}</swath>
      <firstAzimuthLine>{first}</firstAzimuthLine>
      <firstRangeSample>{near}</firstRangeSample>
      <lastAzimuthLine>{last}</lastAzimuthLine>
      <lastRangeSample>{far}</lastRangeSample>
      <line count="{len(at)}">{" ".join(map(str, at))}</line>
      <noiseAzimuthLut count="{len(at)}">{" ".join(f"{v:.6e}" for v in factors)}</noiseAzimuthLut>
    </noiseAzimuthVector>"""
            for swath, first, last, near, far, at, factors in self.azimuth_blocks()
        )
        return f"""
  <noiseAzimuthVectorList count="3">{blocks}
  </noiseAzimuthVectorList>"""

    def manifest(self):
        return f"""<?xml version="1.0" encoding="UTF-8"?>
<xfdu:XFDU xmlns:xfdu="urn:ccsds:schema:xfdu:1" xmlns:safe="http://www.esa.int/safe/sentinel-1.0"
 version="esa/safe/sentinel-1.0/sentinel-1/sar/level-1/grd/standard/iwdp">
  <metadataSection>
    <metadataObject ID="processing" classification="PROVENANCE" category="PDI">
      <metadataWrap mimeType="text/xml" vocabularyName="SAFE" textInfo="Processing">
        <xmlData>
          <safe:processing name="GRD Post Processing" start="{self.start.isoformat()}">
            <safe:facility country="France" name="Copernicus S1 Core Ground Segment">
              <safe:software name="Sentinel-1 IPF" version="{self.version}"/>
            </safe:facility>
          </safe:processing>
        </xmlData>
      </metadataWrap>
    </metadataObject>
    <metadataObject ID="platform" classification="DESCRIPTION" category="DMD">
      <metadataWrap mimeType="text/xml" vocabularyName="SAFE" textInfo="Platform Description">
        <xmlData>
          <safe:platform>
            <safe:familyName>SENTINEL-1</safe:familyName>
            <safe:number>A</safe:number>
          </safe:platform>
        </xmlData>
      </metadataWrap>
    </metadataObject>
  </metadataSection>
</xfdu:XFDU>
"""

    def write(self, folder, numbers=None):
        """Writes the product below a folder and returns its root; ``numbers`` replaces them by polarisation."""
        root = Path(folder) / self.name
        (root / "annotation" / "calibration").mkdir(parents=True)
        (root / "measurement").mkdir()
        (root / "preview").mkdir()
        (root / "manifest.safe").write_text(self.manifest())
        (root / "preview" / "map-overlay.kml").write_text("<kml/>")
        for pol in self.polarisations:
            stem = self.stem(pol)
            (root / "annotation" / f"{stem}.xml").write_text(self.annotation(pol))
            (root / "annotation" / "calibration" / f"calibration-{stem}.xml").write_text(self.calibration(pol))
            (root / "annotation" / "calibration" / f"noise-{stem}.xml").write_text(self.noise_xml(pol))
            found = (numbers or {}).get(pol)
            self._measurement(root / "measurement" / f"{stem}.tiff", self.numbers(pol) if found is None else found)
        return root

    def _measurement(self, path, numbers):
        """Striped like ESA's GRD, or tiled like its COG; with the grid as ground points, as both have."""
        points = [
            rasterio.control.GroundControlPoint(row=float(r), col=float(c), x=self.place[0], y=self.place[1], z=0.0)
            for r in self.grid_lines[:2]
            for c in self.grid_samples[:2]
        ]
        layout = {"tiled": True, "blockxsize": 128, "blockysize": 128, "compress": "deflate"} if self.cog else {}
        profile = {"width": self.samples, "height": self.lines, "count": 1, "dtype": numbers.dtype, **layout}
        place = {"gcps": points, "crs": "EPSG:4326"}
        with rasterio.Env(GDAL_PAM_ENABLED="NO"), rasterio.open(path, "w", driver="GTiff", **place, **profile) as out:
            out.write(numbers, 1)


def zipped(root, path):
    """The product as the archive that the hubs hand out."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(p for p in root.rglob("*") if p.is_file()):
            archive.write(file, f"{root.name}/{file.relative_to(root).as_posix()}")
    return path
