"""Somebody's own recordings, played back to them and to nobody else."""

from collections.abc import Sequence

from msgspec.structs import replace
from sqlalchemy import Connection, select

from bot.dialogue.reply import OWN_NOTE, Prompt
from bot.gateway.files import MEDIA
from bot.store.tables import media

SOUND = ".mp3"  # what a playable copy is


def with_own_notes(
    connection: Connection, participant: int, prompts: Sequence[Prompt]
) -> list[Prompt]:
    """Return the prompts with each recording of this person's named by where its copy lies.

    One that is not theirs, or has not come yet, is passed over.
    """
    return [one for prompt in prompts if (one := _found(connection, participant, prompt))]


def _found(connection: Connection, participant: int, prompt: Prompt) -> Prompt | None:
    path = prompt.attach.files.get("audio", "") if prompt.attach else ""
    if prompt.attach is None or not path.startswith(OWN_NOTE):
        return prompt
    mine = (media.c.id == path.removeprefix(OWN_NOTE)) & (media.c.participant_id == participant)
    key = connection.scalar(select(media.c.playable).where(mine))
    if not key:
        return None
    return replace(prompt, attach=replace(prompt.attach, files={"audio": f"{MEDIA}{key}{SOUND}"}))
