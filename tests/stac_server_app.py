"""Runs a real STAC API (stac-fastapi over DuckDB) and a file server on a socket that is handed in.

``stac_server_app.py FD FOLDER LOG``: FOLDER holds ``collections.json``, one ``COLLECTION.json`` of items each, and
``files/``. Prints one line when it listens; writes one JSON line a request into LOG.
"""

import asyncio
import json
import socket
import sys
import time
from pathlib import Path


def main(listening, folder, log):
    import rustac
    import uvicorn
    from rustac_duckdb_extensions import extension_directory
    from stac_fastapi.geoparquet.api import create
    from stac_fastapi.geoparquet.settings import Settings
    from starlette.applications import Starlette
    from starlette.routing import Mount
    from starlette.staticfiles import StaticFiles

    asyncio.run(write_parquet(folder, rustac))
    client = rustac.DuckdbClient(extension_directory=extension_directory(), install_extensions=False)
    settings = Settings(
        stac_fastapi_landing_id="offing-tests",
        stac_fastapi_title="Made for tests",
        stac_fastapi_description="Simulated pictures of no place",
        stac_fastapi_collections_href=str(folder / "collections.json"),
    )
    app = create(settings=settings, duckdb_client=client).app
    files = Starlette(routes=[Mount("/files", app=StaticFiles(directory=folder / "files"))])
    with log.open("a", buffering=1) as lines:
        asyncio.run(serve(uvicorn, Counted(app, files, lines), listening))


async def write_parquet(folder, rustac):
    for collection in json.loads((folder / "collections.json").read_text()):
        items = json.loads((folder / f"{collection['id']}.json").read_text())
        await rustac.write(str(folder / f"{collection['id']}.parquet"), items)


async def serve(uvicorn, app, listening):
    config = uvicorn.Config(app, log_level="warning", lifespan="on")
    server = uvicorn.Server(config)

    async def say_ready():
        while not server.started:
            await asyncio.sleep(0.01)
        sys.stdout.write("ready\n")
        sys.stdout.flush()

    await asyncio.gather(server.serve(sockets=[listening]), say_ready())


class Counted:
    """Every request with the bytes that were sent for it: what a provider would count."""

    def __init__(self, app, files, lines):
        self.app, self.files, self.lines = app, files, lines

    async def __call__(self, scope, receive, send):
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        told = {"method": scope["method"], "path": scope["path"], "status": 0, "bytes": 0, "at": time.monotonic()}
        told["range"] = dict(scope["headers"]).get(b"range", b"").decode()

        async def counted(message):
            if message["type"] == "http.response.start":
                told["status"] = message["status"]
            told["bytes"] += len(message.get("body", b""))
            await send(message)

        try:
            if scope["path"].startswith("/files/"):  # beside the API, whose middleware would pack pictures
                await self.files(scope, receive, counted)
            else:
                await self.app(scope, receive, counted)
        finally:
            self.lines.write(json.dumps(told) + "\n")


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])), Path(sys.argv[2]), Path(sys.argv[3]))
