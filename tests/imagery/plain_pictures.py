"""Plain picture files that GDAL does not write: made of their parts, as their formats say."""

import struct
import zlib

import cv2
import numpy as np


def harbour(random, rows=240, cols=320):
    """(rows, cols, 3) of 8 bits, red first: land above a quay, ships at it and at anchor."""
    picture = np.zeros((rows, cols, 3))
    picture[:] = (30, 52, 66)
    picture[: rows // 3] = (120, 115, 100)
    picture += random.normal(0.0, 4.0, picture.shape)
    for row, col in ((rows // 3, 60), (rows // 2, 150), (rows * 3 // 4, 220)):
        picture[row : row + 9, col : col + 60] = (190, 185, 180)
    return picture.clip(0, 255).astype(np.uint8)


def write_png(path, samples, *, depth=8, palette=None, transparent=None):
    """A PNG of (rows, cols) numbers or (rows, cols, channels); ``palette`` (n, 3) and ``transparent`` as in PLTE, tRNS.

    Colour types by the number of channels: grey, grey and alpha, colour, colour and alpha; indexed with a palette.
    """
    rows, cols = samples.shape[:2]
    channels = samples.shape[2] if samples.ndim == 3 else 1
    kind = 3 if palette is not None else {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    flat = samples.reshape(rows, cols * channels)
    if depth == 16:
        lines = [line.astype(">u2").tobytes() for line in flat]
    elif depth == 8:
        lines = [line.astype(np.uint8).tobytes() for line in flat]
    else:
        lines = [packed(line, depth) for line in flat]
    body = zlib.compress(b"".join(b"\0" + line for line in lines))
    head = struct.pack(">IIBBBBB", cols, rows, depth, kind, 0, 0, 0)
    parts = [(b"IHDR", head)]
    parts += [(b"PLTE", np.asarray(palette, np.uint8).tobytes())] if palette is not None else []
    parts += [(b"tRNS", bytes(transparent))] if transparent is not None else []
    parts += [(b"IDAT", body), (b"IEND", b"")]
    chunks = [struct.pack(">I", len(c)) + k + c + struct.pack(">I", zlib.crc32(k + c)) for k, c in parts]
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))
    return path


def packed(line, depth):
    """Numbers of few bits, the first in the highest bits of a byte."""
    bits = np.unpackbits(line.astype(np.uint8)[:, None], axis=1)[:, 8 - depth :].ravel()
    return np.packbits(bits).tobytes()


def write_rotated_jpeg(path, picture, orientation):
    """A JPEG of (rows, cols, 3), red first, with the EXIF tag Orientation."""
    done, encoded = cv2.imencode(".jpg", picture[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95])
    assert done
    tiff = b"MM\x00*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)
    body = b"Exif\0\0" + tiff
    content = encoded.tobytes()
    path.write_bytes(content[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + content[2:])
    return path


def with_pages(path, pages):
    """A TIFF of several uncompressed grey pages, (rows, cols) of 8 bits each."""
    content, link = bytearray(b"II*\x00\x00\x00\x00\x00"), 4
    for page in pages:
        rows, cols = page.shape
        data = len(content)
        content += page.astype(np.uint8).tobytes()
        content += b"\0" * (len(content) % 2)
        struct.pack_into("<I", content, link, len(content))
        tags = ((256, cols), (257, rows), (258, 8), (259, 1), (262, 1), (273, data), (277, 1), (278, rows),
                (279, page.size))  # fmt: skip
        content += struct.pack("<H", len(tags))
        content += b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
        link = len(content)
        content += b"\0\0\0\0"
    path.write_bytes(bytes(content))
    return path


def with_overlays(picture):
    """The picture as a screenshot shows it: a watermark across it, a scale bar and its caption."""
    shown = picture.copy()
    rows, cols = shown.shape[:2]
    face = cv2.FONT_HERSHEY_SIMPLEX
    layer = shown.copy()
    cv2.putText(layer, "NEWS AGENCY 2024", (cols // 10, rows // 2 + 20), face, cols / 420, (255, 255, 255), 2)
    shown = cv2.addWeighted(layer, 0.6, shown, 0.4, 0.0)
    bar = rows - 14
    cv2.rectangle(shown, (cols - 110, bar), (cols - 20, bar + 4), (255, 255, 255), -1)
    cv2.putText(shown, "100 m", (cols - 90, bar - 5), face, 0.4, (255, 255, 255), 1)
    cv2.rectangle(shown, (0, 0), (cols - 1, 11), (0, 0, 0), -1)
    cv2.putText(shown, "Imagery (c) 2024 / 42.879 N 132.335 E", (4, 9), face, 0.3, (255, 255, 255), 1)
    return shown
