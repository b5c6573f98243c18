"""How an attachment is had from Twilio: with our login from its own hosts, nowhere else."""

import ipaddress
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import aiohttp

from channels.base import MediaRef
from channels.errors import FetchError
from channels.fetching import LIMIT, at_most, check

HOSTS = frozenset({"api.twilio.com", "mcs.us1.twilio.com"})
SUFFIX = ".twiliocdn.com"
HOPS = 3
_MOVED = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class Login:
    """What opens the media; `root` (a URL, "" for none) stands for Twilio's hosts."""

    user: str
    token: str
    root: str = ""

    @property
    def header(self) -> dict[str, str]:
        """The header that holds it."""
        return {"Authorization": aiohttp.encode_basic_auth(self.user, self.token)}


async def fetch(
    session: aiohttp.ClientSession, login: Login, media: MediaRef, most: int
) -> AsyncIterator[bytes]:
    """Stream at most `most` bytes. Raises only FetchError, which holds no URL."""
    if not media.ref:
        raise FetchError("nothing to fetch", again=False)
    if not is_twilios(media.ref, login.root):
        raise FetchError("this address is not Twilio's", again=False)
    failed: str
    try:
        answer = await _answer(session, login, media.ref)
        async with answer:
            _check(answer, media, most)
            async for part in at_most(answer, most):
                yield part
            return
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        failed = type(error).__name__
    except RuntimeError:
        failed = "the session is closed"
    raise FetchError(failed, again=True)


def is_twilios(url: str, root: str) -> bool:
    """Say whether our login may be shown there."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        port = parts.port
    except ValueError:
        return False
    if parts.username is not None or parts.password is not None:
        return False
    if root and _below(url, root):
        return True
    known = host in HOSTS or (host.endswith(SUFFIX) and len(host) > len(SUFFIX))
    return parts.scheme == "https" and known and port in (None, 443)


def _below(url: str, root: str) -> bool:
    mine, theirs = urlsplit(root), urlsplit(url)
    same = (mine.scheme, mine.netloc) == (theirs.scheme, theirs.netloc)
    return same and theirs.path.startswith(mine.path.rstrip("/") + "/")


def _leads_on(url: str, root: str) -> bool:
    """Say whether a redirect may be followed: to a named https host, or within `root`."""
    if root and _below(url, root):
        return True
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        ipaddress.ip_address(host)
    except ValueError:
        return url.startswith("https://") and "." in (urlsplit(url).hostname or "")
    return False


async def _answer(session: aiohttp.ClientSession, login: Login, url: str) -> aiohttp.ClientResponse:
    """Follow redirects by hand: our login is shown at the first address alone."""
    headers = login.header
    for _ in range(HOPS + 1):
        answer = await session.get(url, headers=headers, timeout=LIMIT, allow_redirects=False)
        if answer.status not in _MOVED:
            return answer
        answer.release()
        url, headers = urljoin(url, answer.headers.get("Location", "")), {}
        if not _leads_on(url, login.root):
            raise FetchError("it leads elsewhere", again=False)
    raise FetchError("it leads in circles", again=True)


def _check(answer: aiohttp.ClientResponse, media: MediaRef, most: int) -> None:
    check(answer, most)  # a 404 is tried again: an attachment comes some seconds after its message
    if answer.content_type == "text/html" and not media.mime.startswith("text/html"):
        raise FetchError("a page instead of a file", again=True)
