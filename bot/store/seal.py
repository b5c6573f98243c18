"""How addresses and raw bodies lie at rest: AES-GCM, and a keyed hash to find an address by.

Keys are derived (HKDF-SHA-256) from SECRET_KEY, one a purpose. A sealed value is one byte of key
number, 12 bytes of nonce, then cipher text and tag; the column's name is bound in as associated
data, so that a value moved to another column no longer opens.
"""

import hmac
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE = 12


class CannotOpen(Exception):
    """A sealed value does not open with this SECRET_KEY: is it the one the data was made with?"""


def derive(secret: str, purpose: str, number: int = 1, length: int = 32) -> bytes:
    """Derive `length` bytes for a purpose."""
    info = f"palabre/{purpose}/{number}".encode()
    return HKDF(SHA256(), length, salt=None, info=info).derive(secret.encode())


class Seal:
    """Seals and opens; holds keys in memory only."""

    def __init__(self, secrets: Sequence[str]) -> None:
        """`secrets[0]` is the first key ever used; the last one seals."""
        if not secrets:
            raise ValueError("a seal needs a secret")
        self._ciphers = {
            number: AESGCM(derive(secret, "seal", number))
            for number, secret in enumerate(secrets, 1)
        }
        self._now = len(secrets)
        self._head = bytes([self._now])
        self._index_key = derive(secrets[0], "address index")
        self._file_key = derive(secrets[0], "file names")
        self.webhook_secret = derive(secrets[-1], "webhook").hex()
        self.link_key = derive(secrets[-1], "links")

    def seal(self, column: bytes, plain: bytes) -> bytes:
        """Encrypt for a column."""
        nonce = os.urandom(NONCE)
        return self._head + nonce + self._ciphers[self._now].encrypt(nonce, plain, column)

    def is_newest(self, sealed: bytes) -> bool:
        """Say whether a value was sealed with the newest key."""
        return sealed[:1] == self._head

    def open(self, column: bytes, sealed: bytes) -> bytes:
        """Decrypt. Raises CannotOpen."""
        cipher = self._ciphers.get(sealed[0]) if len(sealed) > NONCE else None
        if cipher is None:
            raise CannotOpen(CannotOpen.__doc__)
        try:
            return cipher.decrypt(sealed[1 : NONCE + 1], sealed[NONCE + 1 :], column)
        except InvalidTag:
            raise CannotOpen(CannotOpen.__doc__) from None

    def index(self, channel: str, address: str) -> bytes:
        """Return the 16 bytes by which an address is found again."""
        return hmac.digest(self._index_key, f"{channel}\0{address}".encode(), "sha256")[:16]

    def fingerprint(self, data: bytes) -> str:
        """Return 64 hex digits that are the same for equal files, and tell nothing else."""
        return hmac.digest(self._file_key, data, "sha256").hex()
