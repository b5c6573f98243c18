"""A bucket over HTTP, as S3 and what is like it keep one: PUT, HEAD, GET and DELETE of an object,
and the list of all.

with bucket_server() as bucket:
    # AWS_ENDPOINT_URL=bucket.url
    bucket.objects               # "/BUCKET/KEY" → bytes
    bucket.refuses = 403         # answer everything so from now on
"""

import contextlib
import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import SplitResult, parse_qs, urlsplit


class Bucket(ThreadingHTTPServer):
    """All that was put; whoever does not sign is refused."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Asked)
        self.objects: dict[str, bytes] = {}
        self.refuses = 0
        self.calls: list[str] = []

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_port}"

    def tag(self, path: str) -> str:
        """Name an object's bytes."""
        return f'"{hashlib.md5(self.objects.get(path, b"")).hexdigest()}"'

    def listed(self, asked: SplitResult) -> bytes:
        """List a bucket as ListObjectsV2 does."""
        prefix = parse_qs(asked.query).get("prefix", [""])[0]
        keys = [path.removeprefix(f"{asked.path.rstrip('/')}/") for path in sorted(self.objects)]
        contents = "".join(
            f"<Contents><Key>{key}</Key><LastModified>2025-01-01T00:00:00.000Z</LastModified>"
            "<ETag>one</ETag><Size>1</Size><StorageClass>STANDARD</StorageClass></Contents>"
            for key in keys if key.startswith(prefix)
        )  # fmt: skip
        return (
            f"<ListBucketResult><Name>b</Name><Prefix>{prefix}</Prefix><KeyCount>{len(keys)}"
            f"</KeyCount><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated>{contents}"
            "</ListBucketResult>"
        ).encode()


class _Asked(BaseHTTPRequestHandler):
    server: Bucket
    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if not self._lets_in():
            return
        wanted = self.headers.get("If-Match")
        if wanted and wanted != self.server.tag(self.path):
            self._answers(412 if self.path in self.server.objects else 404)
            return
        self.server.objects[self.path] = body
        self._answers(200)

    def do_GET(self) -> None:
        if self._lets_in():
            if "list-type=2" in self.path:
                self._answers(200, self.server.listed(urlsplit(self.path)))
                return
            found = self.server.objects.get(self.path)
            self._answers(404 if found is None else 200, found or b"")

    do_HEAD = do_GET

    def do_DELETE(self) -> None:
        if self._lets_in():
            self.server.objects.pop(self.path, None)
            self._answers(204)

    def _lets_in(self) -> bool:
        self.server.calls.append(self.command)
        signed = self.headers.get("Authorization", "").startswith("AWS4-HMAC-SHA256 ")
        if self.server.refuses or not signed:
            self._answers(self.server.refuses or 403)
            return False
        return True

    def _answers(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("ETag", self.server.tag(self.path))
        self.send_header("Last-Modified", "Wed, 01 Jan 2025 00:00:00 GMT")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def bucket_server() -> Iterator[Bucket]:
    """Keep a bucket while the block runs."""
    server = Bucket()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
