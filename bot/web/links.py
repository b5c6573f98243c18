"""Links that open one recording for a while: signed, so that nobody can make up another."""

import base64
import hmac

import msgspec

TAG = 16  # bytes of the HMAC-SHA-256


class Broken(Exception):
    """This link was not made here, or was changed on its way."""


class Expired(Exception):
    """This link has been valid, and is no longer."""


class Grant(msgspec.Struct, frozen=True, array_like=True):
    """What a link opens: the store's key, what it is, and until when."""

    key: str
    mime: str
    expires_at: int  # milliseconds since 1970, UTC


def sign(secret: bytes, grant: Grant) -> str:
    """Return what stands behind /m/."""
    body = msgspec.msgpack.encode(grant)
    tag = hmac.digest(secret, body, "sha256")[:TAG]
    return base64.urlsafe_b64encode(tag + body).decode().rstrip("=")


def open_signed(secret: bytes, signed: str, moment: int) -> Grant:
    """Return what a link opens. Raises Broken, Expired."""
    try:
        raw = base64.b64decode(signed + "=" * (-len(signed) % 4), b"-_", validate=True)
    except ValueError:
        raise Broken(Broken.__doc__) from None
    tag, body = raw[:TAG], raw[TAG:]
    if not hmac.compare_digest(tag, hmac.digest(secret, body, "sha256")[:TAG]):
        raise Broken(Broken.__doc__)
    grant = msgspec.msgpack.decode(body, type=Grant)
    if grant.expires_at <= moment:
        raise Expired(Expired.__doc__)
    return grant
