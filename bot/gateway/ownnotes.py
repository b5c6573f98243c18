"""Somebody's own recordings, played back to them and to nobody else."""

from collections.abc import Sequence

from msgspec.structs import replace
from sqlalchemy import Connection, select

from bot.dialogue.reply import OWN_NOTE, Prompt
from bot.gateway.files import sound_file
from bot.store.tables import media
from channels.base import Capabilities


def with_own_notes(
    connection: Connection, participant: int, prompts: Sequence[Prompt], can: Capabilities
) -> list[Prompt]:
    """Return the prompts with each recording of this person's named by where its copy lies.

    One that is not theirs, or has not come yet, is passed over.
    """
    return [one for prompt in prompts if (one := _found(connection, participant, prompt, can))]


def _found(
    connection: Connection, participant: int, prompt: Prompt, can: Capabilities
) -> Prompt | None:
    path = prompt.attach.files.get("audio", "") if prompt.attach else ""
    if prompt.attach is None or not path.startswith(OWN_NOTE):
        return prompt
    mine = (media.c.id == path.removeprefix(OWN_NOTE)) & (media.c.participant_id == participant)
    query = select(media.c.playable, media.c.resendable).where(mine)
    copies = connection.execute(query).one_or_none()
    sound = sound_file(*copies, can) if copies else ""
    return replace(prompt, attach=replace(prompt.attach, files={"audio": sound})) if sound else None
