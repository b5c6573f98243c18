"""The topics of the week: each theme has one at a time, from its day until the next one's."""

from collections.abc import Mapping
from datetime import UTC, datetime

from bot.dialogue.conversation import Person
from bot.dialogue.draft import Draft
from bot.dialogue.flow import Flow, Item
from bot.dialogue.reply import Moment

TOPICS = "topics"


def has_topics(flow: Flow) -> bool:
    """Say whether each talk of a flow is about a topic."""
    return flow.about == TOPICS


def begins_at(topic: Item, opened: Mapping[str, Moment]) -> Moment:
    """Return when a topic becomes that of the week: when it was opened, else on its day."""
    if topic.code in opened:
        return opened[topic.code]
    return int(datetime.fromisoformat(topic.starts).replace(tzinfo=UTC).timestamp() * 1000)


def of_the_week(
    flow: Flow, opened: Mapping[str, Moment], now: Moment, themes: tuple[str, ...] = ()
) -> list[Item]:
    """Return the topic of the week of each theme, those of a person's own `themes` first."""
    newest: dict[str, Item] = {}
    for topic in flow.lists.get(TOPICS, ()):
        at = begins_at(topic, opened)
        before = newest.get(topic.theme)
        if not topic.hidden and at <= now and (
            before is None or at >= begins_at(before, opened)
        ):  # fmt: skip
            newest[topic.theme] = topic
    own = [newest.pop(theme) for theme in themes if theme in newest]
    return [*own, *newest.values()]


def topics_for(draft: Draft, flow: Flow) -> list[Item]:
    """Return the topics of the week, this person's own themes first."""
    themes = themes_of(draft.person)
    return of_the_week(flow, draft.programme.opened_topics, draft.scene.now, themes)


def themes_of(person: Person) -> tuple[str, ...]:
    """Return the themes that someone chose, the most urgent first."""
    chosen = person.facts.get("themes") or ()
    return (chosen,) if isinstance(chosen, str) else tuple(chosen)


def topic_of(flow: Flow, code: str) -> Item | None:
    """Return a topic of a flow, whatever its week."""
    return next((one for one in flow.lists.get(TOPICS, ()) if one.code == code), None)


def keys_now(draft: Draft, name: str) -> list[str]:
    """Return the keys of the conversations that may begin with a flow now, the nearest first."""
    flow = _flow(draft, name)
    if flow is None or not has_topics(flow):
        return [name]
    return [f"{name}/{topic.code}" for topic in topics_for(draft, flow)]


def meant(draft: Draft, key: str) -> str:
    """Return what a keyword, button or link means now: of a flow with topics, which of them.

    One that has been begun goes first, then what is still to be said; a topic whose week is over
    leads to the one that followed it.
    """
    name, _, about = key.partition("/")
    flow = _flow(draft, name)
    if flow is None or not has_topics(flow):
        return key
    person, keys = draft.person, keys_now(draft, name)
    talks = person.conversations
    alive = [one.key for one in talks if one.flow == name and one.state != "ended"]
    if about and (key in keys or key in alive or key in person.done):
        return key
    done = set(person.done) - set(person.put_off)
    fresh = [one for one in keys if one not in done]
    invited = [f"{one.flow}/{one.about}" for one in person.invitations]
    nearest = [one for one in invited if one in fresh] + fresh
    return next(iter([*alive, *nearest, *keys]), name)


def _flow(draft: Draft, name: str) -> Flow | None:
    revision = draft.programme.current.get(name)
    return draft.programme.flow(revision, draft.language) if revision else None
