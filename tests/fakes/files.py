"""Where a channel finds the files that it sends, in memory."""


class Shelf:
    """Files to send, by key; counts how often each was opened."""

    def __init__(self, **files: bytes) -> None:
        self.files, self.opened = files, 0

    async def open(self, key: str) -> bytes:
        self.opened += 1
        return self.files[key]


class Known:
    """What Telegram calls the files that it has."""

    def __init__(self) -> None:
        self.refs: dict[tuple[str, str, str], str] = {}

    async def get(self, account: str, key: str, kind: str) -> str:
        return self.refs.get((account, key, kind), "")

    async def put(self, account: str, key: str, kind: str, ref: str) -> None:
        self.refs[account, key, kind] = ref
