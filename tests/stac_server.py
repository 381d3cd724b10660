"""A real STAC API server with real COGs, as a process of its own on a free port of 127.0.0.1."""

import contextlib
import importlib.util
import json
import os
import select
import socket
import subprocess
import sys
from pathlib import Path

import pytest

NEEDED = ("rustac", "rustac_duckdb_extensions", "stac_fastapi", "uvicorn")
START_S = 60.0


class StacServer:
    """The running server: ``url`` of its API, ``files`` of what it serves, and what it was asked."""

    def __init__(self, url, log):
        self.url, self.files, self._log = url, f"{url}/files", log
        self._folder = log.parent / "files"

    def folder(self, name):
        """Where the files lie that it serves under ``/files/name``."""
        return self._folder / name

    def asked(self, path=""):
        """The requests so far whose path holds ``path``: method, path, range, status, bytes sent."""
        lines = [json.loads(line) for line in self._log.read_text().splitlines()]
        return [line for line in lines if path in line["path"]]

    def forget(self):
        """Count from now on."""
        with self._log.open("w"):
            pass


def collection(name):
    """A minimal collection whose items lie in the parquet file of its name."""
    return {
        "type": "Collection",
        "stac_version": "1.0.0",
        "id": name,
        "description": f"Simulated {name}",
        "license": "CC0-1.0",
        "extent": {"spatial": {"bbox": [[-180, -90, 180, 90]]}, "temporal": {"interval": [[None, None]]}},
        "links": [],
        "assets": {"data": {"href": f"{name}.parquet", "type": "application/vnd.apache.parquet"}},
    }


@contextlib.contextmanager
def stac_server(folder, make):
    """Serve what ``make(folder / "files", URL of the files)`` returns: collection → its items. Skips where the
    server is not installed (it is part of the extra ``dev``).
    """
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(f"no STAC API server is installed ({', '.join(missing)}): pip install offing[dev]")
    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    (folder / "files").mkdir(parents=True)
    for name, items in (made := make(folder / "files", f"{url}/files")).items():
        (folder / f"{name}.json").write_text(json.dumps(items))
    (folder / "collections.json").write_text(json.dumps([collection(name) for name in made]))
    log = folder / "asked.jsonl"
    log.touch()
    app = Path(__file__).with_name("stac_server_app.py")
    with (folder / "errors.txt").open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, str(app), str(listening.fileno()), str(folder), str(log)],
            pass_fds=(listening.fileno(),), stdout=subprocess.PIPE, stderr=errors,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )  # fmt: skip
    listening.close()
    try:
        wait_for(process, folder / "errors.txt")
        yield StacServer(url, log)
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


def wait_for(process, errors):
    """Until the server says that it listens; fails with what it wrote where it does not."""
    ready, _, _ = select.select([process.stdout], [], [], START_S)
    said = process.stdout.readline() if ready else b""
    if said.strip() != b"ready":
        process.kill()
        pytest.fail(f"the STAC API server did not start: {errors.read_text()[:3000]}")
