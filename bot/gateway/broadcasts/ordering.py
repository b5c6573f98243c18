"""An order for a broadcast, as a coordinator gives it: understood whole before anything is sent."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.dialogue.fault import did_you_mean
from bot.dialogue.flow import Consultation
from bot.gateway.audio.giving import Ready, keep_sessions, read_session
from bot.gateway.broadcasts.plan import HOUR, Plan, make
from bot.gateway.broadcasts.preview import Preview, preview
from bot.gateway.broadcasts.prices import Prices, read_prices
from bot.gateway.broadcasts.textfile import Written, read_texts
from bot.gateway.broadcasts.trying import somebody_at
from bot.gateway.house import House
from bot.gateway.segments import where_of
from bot.language import _
from bot.store.audio_sessions import GivenAway, taken_back
from bot.store.countries import fill_in


class WrongOrder(Exception):
    """This broadcast cannot be sent as it was ordered."""


@dataclass(frozen=True)
class Order:
    """What is to be sent to whom, when."""

    plan: Plan
    rule: str
    begins_at: int | None
    address: str  # of who tries it out, "" for everybody whom the rule means
    sessions: tuple[Ready, ...] = ()  # audio sessions that go with it

    async def previewed(self, house: House) -> tuple[Preview, Prices]:
        """Count what it would do. Raises WrongRule, WrongOrder."""
        while await house.database.write(fill_in, house.seal):
            pass
        await house.database.read(self._refuse_stale)
        prices = read_prices(house.library.folder.parent)
        if self.address:
            return Preview(recipients=1), prices
        found = await house.database.read(
            lambda c: preview(c, house, self.plan, self.rule, prices, begins_at=self.begins_at)
        )
        return found, prices

    async def sent(self, house: House) -> int:
        """Write it down, to be carried out; return its id. Raises as `previewed`, NoSuchAddress."""
        await house.database.read(self._refuse_stale)
        for one in self.sessions:
            await asyncio.to_thread(one.keep, house.media)
        return await house.database.write(self._make, house, wakes=("broadcasts",))

    def _refuse_stale(self, connection: Connection) -> None:
        """Look whether all who are heard still agree. Raises WrongOrder."""
        for one in self.sessions:
            if count := taken_back(connection, one.given):
                words = _("In “{title}” {count} voices may not be heard any more: make it anew "
                          "without them.")  # fmt: skip
                raise WrongOrder(words.replace("{title}", one.given.title)
                                 .replace("{count}", str(count)))  # fmt: skip

    def _make(self, connection: Connection, house: House) -> int:
        from msgspec.structs import replace

        plan, rule = self.plan, self.rule
        if self.address:
            plan, rule = replace(plan, to=somebody_at(connection, house, self.address)), ""
        elif rule:
            where_of(connection, house.library.consultation, rule, house.clock())
        keep_sessions(connection, house, self.sessions)
        return make(connection, plan, rule, house.clock(), begins_at=self.begins_at)


def order(
    house: House, *, rule: str, text: Path | None, audio: Sequence[Path], flow: str, at: str,
    over: float, test: str, hold: bool, sms_instead: bool, spare_talks: bool, spare_days: int,
    any_hour: bool,
) -> Order:  # fmt: skip
    """Understand an order. Raises WrongOrder, NoText, NoSession, Faults."""
    consultation = house.library.consultation
    if text is None and not flow and not audio:
        raise WrongOrder(
            _("Say what is sent: --text FILE.yaml, --audio FOLDER, or --flow NAME to invite to it.")
        )
    if (text is not None or audio) and flow:
        raise WrongOrder(_("Either --text or --flow: an invitation says what its phase announces."))
    written = read_texts(text, consultation, _documents(house)) if text else Written({})
    sessions = tuple(read_session(one, house.media) for one in audio)
    plan = Plan(
        audio=_by_language(sessions, consultation),
        texts=written.texts, attach=written.attach, template=written.template,
        flow=_flow(consultation, flow), spread_ms=int(over * HOUR), hold=hold, by_sms=sms_instead,
        spare_talks=spare_talks, spare_days=spare_days, any_hour=any_hour,
    )  # fmt: skip
    return Order(plan, rule.strip(), _begins(at, consultation), test.strip(), sessions)


def _by_language(sessions: Sequence[Ready], consultation: Consultation) -> dict[str, GivenAway]:
    found: dict[str, GivenAway] = {}
    for one in sessions:
        language = one.given.language
        if language not in consultation.languages:
            words = _("{language} is no language of this consultation: {known}.")
            raise WrongOrder(words.replace("{language}", language)
                             .replace("{known}", ", ".join(consultation.languages)))  # fmt: skip
        if language in found:
            words = _("There are two audio sessions in {language}: one is enough.")
            raise WrongOrder(words.replace("{language}", language))
        found[language] = one.given
    return found


def _documents(house: House) -> list[str]:
    library, source = house.library, house.library.consultation.source
    codes = [code for name in library.current for code in library.flow(name, source).documents]
    return list(dict.fromkeys(codes))


def _flow(consultation: Consultation, name: str) -> str:
    """Return the flow of a name, which may be its phase's."""
    if not name:
        return ""
    known = {phase.flow: phase.flow for phase in consultation.phases if phase.flow}
    known |= {phase.code: phase.flow for phase in consultation.phases if phase.flow}
    if name in known:
        return known[name]
    near = did_you_mean(name, known).removeprefix('did you mean "').removesuffix('"?')
    if near:
        words = _("“{value}” is not known; did you mean “{near}”?")
        raise WrongOrder(words.replace("{value}", name).replace("{near}", near))
    words = _("“{value}” is not known; write one of: {known}")
    raise WrongOrder(words.replace("{value}", name).replace("{known}", ", ".join(known)))


def _begins(at: str, consultation: Consultation) -> int | None:
    if not at:
        return None
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        words = _("“{word}” is no time: write it as 2026-11-30T09:00.")
        raise WrongOrder(words.replace("{word}", at)) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(consultation.time_zone))
    return int(moment.timestamp() * 1000)
