"""Which shapes Twilio holds, in memory."""


class Shapes:
    """Remembers Twilio's names of shapes."""

    def __init__(self) -> None:
        self.sids: dict[tuple[str, str], str] = {}

    async def get(self, account: str, shape: str) -> str:
        return self.sids.get((account, shape), "")

    async def put(self, account: str, shape: str, sid: str) -> None:
        self.sids[account, shape] = sid
