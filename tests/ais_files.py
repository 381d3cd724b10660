"""Files of AIS for the tests, written here."""

from datetime import UTC, datetime

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NOON = datetime(2024, 10, 17, 12, tzinfo=UTC)
HEADER = (
    "MMSI,BaseDateTime,LAT,LON,SOG,COG,Heading,VesselName,IMO,CallSign,VesselType,Status,Length,Width,Draft,Cargo,"
    "TransceiverClass"
)


def noaa(path, rows, header=HEADER):
    """``rows``: dicts of what differs from a plain row."""
    plain = {
        "MMSI": "273000001", "BaseDateTime": "2024-10-17T12:00:00", "LAT": "42.9", "LON": "132.3", "SOG": "10.0",
        "COG": "90.0", "Heading": "91", "VesselName": "SHIP", "Length": "112", "Width": "15", "TransceiverClass": "A",
    }  # fmt: skip
    names = header.split(",")
    lines = [header, *(",".join({**plain, **row}.get(n, "") for n in names) for row in rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def sentences(message, time=None, talker="AI", form="tag"):
    """NMEA lines of a message (a dict for pyais), with its time in one of the forms of archives."""
    from pyais.encode import encode_dict

    lines = encode_dict(message, talker_id=talker, sentence_type="VDM", seq_id=4)
    stamp = None if time is None else int(time.timestamp())
    iso = None if time is None else time.strftime("%Y-%m-%dT%H:%M:%SZ")
    put = {
        "none": lambda s: s,
        "tag": lambda s: f"\\{summed(f's:rx,c:{stamp}')}\\{s}",
        "tag-ms": lambda s: f"\\{summed(f'c:{stamp}000')}\\{s}",
        "before": lambda s: f"{iso},{s}",
        "before-epoch": lambda s: f"{stamp} {s}",
        "after": lambda s: f"{s} {iso}",
        "after-epoch": lambda s: f"{s},{stamp}",
    }[form]
    return [put(line) for line in lines]


def summed(body):
    """A tag block's body with its checksum."""
    total = 0
    for byte in body.encode():
        total ^= byte
    return f"{body}*{total:02X}"


def position(**more):
    """A position report for pyais."""
    plain = {"type": 1, "mmsi": 273000001, "lat": 42.9, "lon": 132.3, "speed": 10.0, "course": 90.0, "heading": 91}
    return {**plain, **more}
