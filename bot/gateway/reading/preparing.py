"""What a phase says, sentence by sentence: its sound is made before people talk."""

from collections.abc import Iterator

from bot.dialogue.flow import Choice, Flow
from bot.dialogue.placeholders import fill, names_in
from bot.dialogue.reply import Prompt
from bot.gateway.contents import Contents
from bot.gateway.reading.public import steps_filled
from bot.gateway.reading.script import choices, sentences
from bot.gateway.walk import turns
from channels.base import Said


def flow_sentences(contents: Contents, name: str, language: str) -> list[Said]:
    """Return what a flow says in a language; where a name would stand, as to who told none."""
    bundle = contents.bundles[contents.current[name]]
    flow = bundle.flows.get(language) or bundle.flows[bundle.source]
    phrases = contents.phrases.get(language) or contents.phrases["en"]
    total = sum(1 for turn in turns(flow, everything=False) if turn.step in _asked(flow))
    counted = {"questions": str(total), "minutes": str(flow.minutes or "")}
    found: dict[Said, None] = {}
    for number in range(1, total + 1):
        progress = fill(phrases["progress"], {"number": number, "total": total})
        found[Said(f"{progress}.", language)] = None
    for text, offered in steps_filled(flow):
        whole = fill(text.replace("{progress}. ", ""), counted)
        for sentence in sentences(whole, language):
            found[Said(sentence, language)] = None
        found.update(dict.fromkeys(_offered(offered, language)))
    return list(found)


def _asked(flow: Flow) -> frozenset[str]:
    return frozenset(turn.step for turn in turns(flow, everything=True)) - {
        ending.name for ending in flow.endings
    }


def _offered(offered: tuple[Choice, ...], language: str) -> Iterator[Said]:
    return choices(Prompt(choices=offered), language)


def own_sentences(contents: Contents, language: str) -> list[Said]:
    """Return what the bot says beside the flows, wherever nothing is filled in."""
    phrases = contents.phrases.get(language) or contents.phrases["en"]
    plain = (text for text in phrases.values() if not list(names_in(text)))
    found = (Said(one, language) for text in plain for one in sentences(text, language))
    return list(dict.fromkeys(found))
