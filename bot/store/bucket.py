"""Recordings in a bucket (MEDIA_URL is s3:BUCKET/FOLDER): for many machines and much voice.

Where the bucket is, and who we are there, is said as to every client of such a store: by
AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION and AWS_ENDPOINT_URL.
"""

import contextlib
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from bot.store.media import COLUMN, MediaGone
from bot.store.seal import Seal

if TYPE_CHECKING:
    from obstore.store import S3Store

PATIENCE = timedelta(seconds=30)  # for one answer, tried again within it


class NoBucketClient(Exception):
    """MEDIA_URL names a bucket, which needs obstore: .venv/bin/pip install -e '.[s3]'."""


class BucketAway(OSError):
    """The bucket of MEDIA_URL does not answer as it should. Is it there, and may we use it?"""


class BucketMedia:
    """Sealed objects in a folder of a bucket."""

    def __init__(self, bucket: "S3Store", seal: Seal) -> None:
        self._bucket = bucket
        self._seal = seal

    def key(self, data: bytes) -> str:
        """See MediaStore."""
        return self._seal.fingerprint(data)

    def put(self, data: bytes) -> str:
        """See MediaStore. Raises BucketAway."""
        key = self.key(data)
        if not self._has(key):
            with _answering():
                self._bucket.put(key, self._seal.seal(COLUMN, data))
        return key

    def get(self, key: str) -> bytes:
        """See MediaStore. Raises BucketAway too."""
        sealed, _version = self.sealed(key)
        return self._seal.open(COLUMN, sealed)

    def drop(self, connection: Connection, key: str) -> None:
        """See MediaStore. Raises BucketAway."""
        with contextlib.suppress(MediaGone), _answering():
            self._bucket.delete(key)

    def all_keys(self) -> Iterator[str]:
        """See Turnable. Raises BucketAway."""
        with _answering():
            found = [one["path"] for part in self._bucket.list() for one in part]
        return iter(found)

    def sealed(self, key: str) -> tuple[bytes, object]:
        """See Turnable. Raises BucketAway."""
        with _answering():
            found = self._bucket.get(key)
            return bytes(found.bytes()), found.meta["e_tag"]

    def replace(self, key: str, sealed: bytes, version: object) -> None:
        """See Turnable. Raises BucketAway.

        Only where it is still the same object: of whoever was forgotten meanwhile nothing returns.
        """
        from obstore.exceptions import PreconditionError

        with contextlib.suppress(MediaGone), _answering(), contextlib.suppress(PreconditionError):
            self._bucket.put(key, sealed, mode={"e_tag": str(version)})

    def _has(self, key: str) -> bool:
        try:
            with _answering():
                self._bucket.head(key)
        except MediaGone:
            return False
        return True


@contextlib.contextmanager
def _answering() -> Iterator[None]:
    """Say in our own words what went wrong: the library's hold addresses and names."""
    from obstore.exceptions import BaseError, NotFoundError

    failed: Exception
    try:
        yield
    except (NotFoundError, FileNotFoundError):
        failed = MediaGone(MediaGone.__doc__)
    except BaseError as error:
        failed = BucketAway(f"{BucketAway.__doc__} ({type(error).__name__})")
    else:
        return
    raise failed from None


def open_bucket(url: str, seal: Seal) -> BucketMedia:
    """Open s3:BUCKET/FOLDER, also written s3://BUCKET/FOLDER. Raises NoBucketClient."""
    try:
        from obstore.store import S3Store
    except ImportError:
        raise NoBucketClient(NoBucketClient.__doc__) from None
    bucket, _slash, folder = url.removeprefix("s3:").lstrip("/").partition("/")
    store = S3Store(
        bucket,
        prefix=folder or None,
        disable_bulk_delete=True,  # one at a time is all we do, and not every provider knows it
        # Of a bucket beside us the address may be plain http: what goes there is sealed.
        client_options={"timeout": PATIENCE, "allow_http": True},
        retry_config={"max_retries": 3, "retry_timeout": PATIENCE},
    )
    return BucketMedia(store, seal)
