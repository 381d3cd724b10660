"""A real HTTP server on 127.0.0.1 that answers as a test tells it to."""

import contextlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Asked:
    """One request as the server got it."""

    def __init__(self, handler, body):
        self.method, self.path, self.headers, self.body = handler.command, handler.path, handler.headers, body
        self.wire, self._handler = handler.wfile, handler

    def reply(self, body=b"", status=200, length=None, **headers):
        """Answer; ``length`` lies about the body. Underscores of header names are hyphens."""
        handler = self._handler
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body) if length is None else length))
        handler.end_headers()
        with contextlib.suppress(OSError):
            handler.wfile.write(body)


class Loopback:
    """The running server: ``url``, and ``asked``, the requests so far."""

    def __init__(self, answer, tls=None):
        self.asked = []
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                asked = Asked(self, self.rfile.read(int(self.headers.get("Content-Length", 0))))
                owner.asked.append(asked)
                with contextlib.suppress(OSError):
                    answer(asked)

            do_POST = do_GET  # noqa: N815 - named by the standard library

            def log_message(self, *arguments):
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, request, client_address):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        if tls is not None:
            self.server.socket = tls.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        self.url = f"{'http' if tls is None else 'https'}://127.0.0.1:{self.port}"


@contextlib.contextmanager
def serving(answer, tls=None):
    """A server whose every request goes to ``answer(asked)``."""
    loopback = Loopback(answer, tls)
    thread = threading.Thread(target=loopback.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield loopback
    finally:
        loopback.server.shutdown()
        loopback.server.server_close()
        thread.join()
