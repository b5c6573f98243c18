"""What people write during a measurement: the same updates for every contestant."""

from collections.abc import Mapping
from pathlib import Path

FLOWS = Path(__file__).parent / "flows"
CONSULTATION = "ten"
FLOW = "ten"
TOKEN = "1:bench"  # noqa: S105 - of no bot: nothing is ever sent
SECRET = "a-secret-that-only-the-benchmark-knows"  # noqa: S105
HEADERS: Mapping[str, str] = {
    "X-Telegram-Bot-Api-Secret-Token": SECRET,
    "Content-Type": "application/json",
}

# First /start, then an answer to each of the ten questions of `flows/ten/ten.yaml`.
SAYS = (
    "/start",
    "I agree",
    "2",
    "I need a ride",
    "A roof for the days of rain, so that the vegetables keep until evening",
    "no",
    "1",
    "Eleven of us put our savings together and bought one cart for all of us",
    "The lorry comes only when the road is dry",
    "Our own group",
    "Come and see on a Thursday; that is the day when everybody is there",
)
QUESTIONS = len(SAYS) - 1

_UPDATE = (
    b'{"update_id":%d,"message":{"message_id":%d,"from":{"id":%d,"is_bot":false,'
    b'"first_name":"Person","language_code":"en"},"chat":{"id":%d,"first_name":"Person",'
    b'"type":"private"},"date":1790000000,"text":"%b"%b}}'
)
_ENTITIES = b',"entities":[{"offset":0,"length":6,"type":"bot_command"}]'
FIRST_PERSON = 1_000_000


def update(person: int, place: int) -> bytes:
    """Return the body of a person's message number `place` (0: /start), as Telegram brings it."""
    number = person * len(SAYS) + place + 1
    chat = FIRST_PERSON + person
    entities = _ENTITIES if place == 0 else b""
    return _UPDATE % (number, number, chat, chat, SAYS[place].encode(), entities)
