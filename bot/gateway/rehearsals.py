"""The rehearsals on disk: found, played, and written anew when asked."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from bot.dialogue.conversation import Programme
from bot.dialogue.rehearsal import Rehearsal, read_rehearsal
from bot.dialogue.rehearsing import Difference, play
from bot.dialogue.reply import Prompt
from bot.gateway.buttons import with_room
from bot.gateway.paging import page_of
from channels.capabilities import BY_NAME


def find(folder: Path, flows: Sequence[str] = ()) -> Iterator[tuple[Path, Rehearsal]]:
    """Yield the rehearsals of a consultation's folder, of some flows or of all.

    Raises Faults for a file that cannot be read as one.
    """
    for path in sorted((folder / "rehearsals").glob("*.txt")):
        rehearsal = read_rehearsal(path.read_text("utf-8"), f"{folder.name}/rehearsals/{path.name}")
        if not flows or rehearsal.flow in flows:
            yield path, rehearsal


def shown_on(rehearsal: Rehearsal) -> Callable[[Prompt], Prompt]:
    """Return what the rehearsal's channel does to a prompt: pages, a button or a word to add."""
    can = BY_NAME[rehearsal.head.get("channel", "telegram")]
    return lambda prompt: with_room(page_of(prompt, can), can)


def rehearse(
    folder: Path, programme: Programme, flows: Sequence[str] = (), *, update: bool = False
) -> tuple[int, list[Difference]]:
    """Play the rehearsals; return how many, and what differed. `update` rewrites the files."""
    count, differences = 0, list[Difference]()
    for path, rehearsal in find(folder, flows):
        played = play(rehearsal, programme, shown_on(rehearsal))
        count += 1
        differences += played.differences
        if update and played.differences:
            path.write_text(played.text, "utf-8")
    return count, differences
