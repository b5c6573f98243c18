"""The access log: which room was visited and how it went; never by whom, never the link itself."""

import logging

from aiohttp import web
from aiohttp.abc import AbstractAccessLogger


class QuietAccessLogger(AbstractAccessLogger):
    """Writes the route's pattern, so that no signed link, tab or query is ever in a log."""

    @property
    def enabled(self) -> bool:
        """Say whether anybody reads it."""
        return self.logger.isEnabledFor(logging.INFO)

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        """Write one line."""
        ms = round(time * 1000)
        self.logger.info("%s %s %d %d ms", request.method, _room(request), response.status, ms)


def _room(request: web.BaseRequest) -> str:
    match = request.match_info if isinstance(request, web.Request) else None
    resource = match.route.resource if match is not None else None
    return resource.canonical if resource is not None else "(no such page)"
