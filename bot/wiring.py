"""The one place where concrete things are built: program and tests call the same functions."""

import contextlib
import logging
import mimetypes
import secrets
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

import aiohttp

from bot.engines import make_speaker, transcriber_of, translates_into, translator_of
from bot.gateway.files import MEDIA, HouseFiles, media_key
from bot.gateway.house import House, wall_clock
from bot.gateway.joining import SMS as SMS_LINK
from bot.gateway.joining import TELEGRAM as TELEGRAM_LINK
from bot.gateway.joining import WHATSAPP as WHATSAPP_LINK
from bot.gateway.library import Library
from bot.gateway.phases import set_up
from bot.gateway.programme import Programmes
from bot.gateway.reading.reader import Reader
from bot.language import _
from bot.settings import Settings, WrongSetting
from bot.settings.keys import secret_keys
from bot.store.database import Database
from bot.store.known_files import StoredContents, StoredFiles
from bot.store.media import MediaStore, open_media
from bot.store.migrate import NotMigrated, is_current, migrate
from bot.store.seal import Seal
from bot.voice.saying import speaker_of
from bot.web.links import Grant, sign
from channels.base import Channel, Pace
from channels.capabilities import SMS, TELEGRAM, WHATSAPP
from channels.errors import DeliveryError
from channels.simulator import Simulator, Uploads
from channels.telegram import Telegram
from channels.terminal import Terminal
from channels.twilio_account import TwilioAccount
from channels.twilio_sms import TwilioSms
from channels.twilio_whatsapp import TwilioWhatsApp

log = logging.getLogger(__name__)

ROOT = Path(__file__).parent.parent
MakeChannel = Callable[["Parts"], Channel]
CHANNELS = {"telegram": TELEGRAM, "sms": SMS, "whatsapp": WHATSAPP}
STATUS_HOOK = "/hooks/twilio/status"
LINK_MS = 3_600_000  # how long a provider may fetch a recording
NO_PACE = Pace(10_000, 10_000)


@dataclass(frozen=True)
class Parts:
    """What a channel is built from."""

    settings: Settings
    seal: Seal
    session: aiohttp.ClientSession
    files: HouseFiles
    known_files: StoredFiles
    contents: StoredContents
    public_link: Callable[[str], str]  # a file's key → its public address, "" for none


def flows_folder(settings: Settings) -> Path:
    """Return the folder of all consultations."""
    return Path(settings.flows) if settings.flows else ROOT / "flows"


def library_of(settings: Settings, *, tolerant: bool = False) -> Library:
    """Read the consultation. Raises Faults, WrongSetting."""
    flows = flows_folder(settings)
    if not (flows / settings.consultation).is_dir():
        raise WrongSetting(
            _(
                "PALABRE_CONSULTATION: there is no folder “{name}” in {folder}. "
                "PALABRE_FLOWS names where flows lie."
            )
            .replace("{name}", settings.consultation)
            .replace("{folder}", str(flows))
        )
    return Library(flows, settings.consultation, ROOT / "locales", tolerant=tolerant)


def database_of(settings: Settings) -> Database:
    """Open the database; the folder of an embedded one is made. Raises WrongSetting."""
    if settings.embedded:
        file = Path(settings.database_url.removeprefix("sqlite:///"))
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            sentence = _("DATABASE_URL: {folder} cannot be made ({why}).")
            words = sentence.replace("{folder}", str(file.parent))
            raise WrongSetting(words.replace("{why}", error.strerror or "")) from None
    return Database(settings.database_url)


def seal_of(settings: Settings) -> Seal:
    """Derive all keys. Raises WrongSetting."""
    return Seal(secret_keys(settings))


def media_of(settings: Settings, database: Database, seal: Seal) -> MediaStore:
    """Open what keeps recordings. Raises NoBucketClient."""
    folder = recordings_folder(settings)
    return open_media(settings.media_url, database=database, seal=seal, folder=folder)


def recordings_folder(settings: Settings) -> Path:
    """Return where recordings lie that lie in files."""
    scheme, _colon, folder = settings.media_url.partition(":")
    return Path(folder) if scheme == "file" and folder else settings.data / "media"


def prepare(settings: Settings, database: Database, library: Library, moment: int) -> None:
    """Migrate an embedded database; refuse one that others share and that is not. Then set up.

    Raises NotMigrated, DatabaseAway.
    """
    if settings.embedded:
        migrate(database)
    elif not is_current(database):
        raise NotMigrated(NotMigrated.__doc__)
    set_up_consultation(database, library, moment)


def set_up_consultation(database: Database, library: Library, moment: int) -> None:
    """Write down the phases that ship, and the revisions on disk."""
    database.write_now(set_up, database, library.consultation, moment)
    database.write_now(Programmes(library).keep, database, moment)


@contextlib.contextmanager
def opened_database(settings: Settings, library: Library) -> Iterator[tuple[Database, MediaStore]]:
    """Open the database and the recordings, without any channel. Raises as `open_house`."""
    database = database_of(settings)
    try:
        prepare(settings, database, library, wall_clock())
        yield database, media_of(settings, database, seal_of(settings))
    finally:
        database.close()


@contextlib.asynccontextmanager
async def open_house(
    settings: Settings, more: Iterable[MakeChannel] = (), *, telegram: bool = True
) -> AsyncIterator[House]:
    """Build a house with its channels; closes all of it again.

    Raises WrongSetting, Faults, NotMigrated, DatabaseAway.
    """
    library = library_of(settings)
    seal = seal_of(settings)
    database = database_of(settings)
    try:
        media = media_of(settings, database, seal)
        house = House(database, seal, media, {}, library, Programmes(library))
        house = replace(
            house,
            burst_ms=int(settings.burst_seconds * 1000),
            reading_wait_ms=int(settings.tts_seconds * 1000),
            keep_days=settings.keep_days,
            link=_link(settings),
            pages_at=base_address(settings),
            public_url=settings.public_url,
            leaves_trials_out=bool(settings.real_channels),
            private_links=_numbers(settings),
        )
        prepare(settings, database, library, house.clock())
        async with _session() as session:
            files = HouseFiles(library.folder / "documents", media)
            known = StoredFiles(database, files.digest)
            contents, link = StoredContents(database), public_link(settings, library, house)
            parts = Parts(settings, seal, session, files, known, contents, link)
            wanted = [*more, *(REAL[name] for name in settings.real_channels if telegram)]
            channels = [make(parts) for make in wanted]
            reader = reader_of(settings, library, database, media)
            house = replace(
                house,
                transcriber=transcriber_of(settings, library, session),
                translator=translator_of(settings, library, session),
                translates_into=translates_into(settings, library),
                reader=reader,
            )
            try:
                yield replace(house, channels={one.name: one for one in channels})
            finally:
                reader.close()
    finally:
        database.close()


def reader_of(
    settings: Settings, library: Library, database: Database, media: MediaStore
) -> Reader:
    """Build what reads aloud: by the speech engine, where there is one, and by recordings."""
    own = speaker_of("") if settings.tts != "off" else None
    return Reader(database, seal_of(settings), media, library, make_speaker(settings), own)


def _numbers(settings: Settings) -> dict[str, str]:
    """Return where one talks to us by our own numbers, the first of each channel."""
    first = {
        "whatsapp": (WHATSAPP_LINK, settings.twilio_whatsapp_from.partition(",")[0].lstrip("+")),
        "sms": (SMS_LINK, settings.twilio_sms_from.partition(",")[0]),
    }
    return {
        channel: begins + number
        for channel, (begins, number) in first.items()
        if number and channel in settings.real_channels
    }


def _session() -> aiohttp.ClientSession:
    """Open what all channels share: each bounds its own calls, so that none waits for another."""
    connections = aiohttp.TCPConnector(limit=0)
    return aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), connector=connections)


def make_telegram(parts: Parts) -> Telegram:
    """Build the Telegram channel."""
    settings = parts.settings
    return Telegram(
        settings.telegram_bot_token,
        parts.session,
        api_url=settings.telegram_api_url,
        secret=settings.telegram_webhook_secret or parts.seal.webhook_secret,
        files=parts.files,
        known_files=parts.known_files,
        can=replace(TELEGRAM, overall=Pace(settings.pace_of_telegram, 1)),
        pays=settings.telegram_paid,
    )


def make_sms(parts: Parts) -> TwilioSms:
    """Build the SMS channel."""
    settings = parts.settings
    can = replace(SMS, overall=Pace(settings.twilio_sms_pace, 1))
    service = settings.twilio_messaging_service_sid
    return TwilioSms(_twilio(parts), _several(settings.twilio_sms_from), can=can, service=service)


def make_whatsapp(parts: Parts) -> TwilioWhatsApp:
    """Build the WhatsApp channel."""
    settings = parts.settings
    return TwilioWhatsApp(
        _twilio(parts),
        _several(settings.twilio_whatsapp_from),
        can=replace(WHATSAPP, overall=Pace(settings.twilio_whatsapp_pace, 1)),
        media_link=parts.public_link,
        contents=parts.contents,
    )


def _twilio(parts: Parts) -> TwilioAccount:
    settings = parts.settings
    return TwilioAccount(
        settings.twilio_account_sid,
        settings.twilio_auth_token,
        parts.session,
        api_url=settings.twilio_api_url,
        callback=settings.public_url and settings.public_url + STATUS_HOOK,
    )


def _several(value: str) -> list[str]:
    return [one for one in value.split(",") if one]


REAL: Mapping[str, MakeChannel] = {
    "telegram": make_telegram,
    "sms": make_sms,
    "whatsapp": make_whatsapp,
}


def make_terminal(stream: TextIO, drawn_as: str) -> Terminal:
    """Build a terminal that is drawn as one of the real channels; it knows no pace, no window."""
    can = replace(CHANNELS[drawn_as], overall=NO_PACE, per_address=NO_PACE, window=None)
    return Terminal(f"terminal:{secrets.token_hex(6)}", stream, can)


def make_simulators(settings: Settings) -> list[MakeChannel]:
    """Build the phones of the simulator's page, one of each kind; none where it is not shown."""
    if not settings.shows_simulator:
        return []
    uploads = Uploads(settings.data / "uploads")
    uploads.clear()

    def make(kind: str) -> MakeChannel:
        can = replace(CHANNELS[kind], overall=NO_PACE, per_address=NO_PACE, window=None)
        return lambda _parts: Simulator(f"simulator:{kind}", can, uploads)

    return [make(kind) for kind in CHANNELS]


async def learn_bot_name(house: House) -> None:
    """Note where one talks to our Telegram bot, if there is one and it can be asked."""
    if "telegram" not in house.private_links and (name := await bot_name(house)):
        house.private_links["telegram"] = TELEGRAM_LINK + name


async def bot_name(house: House) -> str:
    """Return the Telegram bot's user name, "" where there is none or it cannot be asked."""
    channel = house.channels.get("telegram")
    if not isinstance(channel, Telegram):
        return ""
    try:
        return await channel.get_me()
    except DeliveryError as error:
        log.warning("Telegram was not reached: %s", error)
        return ""


def base_address(settings: Settings) -> str:
    """Return the address under which pages are reached: the public one, else this machine's."""
    return settings.public_url or f"http://{settings.host}:{settings.port}"


def public_link(settings: Settings, library: Library, house: House) -> Callable[[str], str]:
    """Return what names the public address of a file that a provider must fetch."""
    base = settings.public_url

    def link(key: str) -> str:
        if not base:
            return ""
        if key.startswith(MEDIA):
            mime = mimetypes.guess_type(key)[0] or "audio/ogg"
            grant = Grant(media_key(key), mime, house.clock() + LINK_MS)
            return f"{base}/m/{sign(house.seal.link_key, grant)}"
        return base + found if (found := library.public_path(key)) else ""

    return link


def _link(settings: Settings) -> Callable[[str, str], str]:
    base = base_address(settings)
    return lambda document, language: f"{base}/d/{document}?lang={language}"
