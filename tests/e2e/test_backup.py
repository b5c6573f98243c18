"""A copy made under load is restored elsewhere, forgets whom the list names, and goes on."""

import asyncio
import shutil
from pathlib import Path

from e2e.running import Palabre, Participant
from fakes.telegram_server import TelegramServer

from bot.store.saving import DATABASE


async def talks(person: Participant) -> None:
    """Begin, and answer the first questions."""
    await person.joins()
    await person.presses(1)
    await person.presses(0)


async def test_a_copy_made_under_load_is_whole_goes_on_and_forgets_whom_it_must(
    tmp_path: Path,
) -> None:
    copy, listed, later = tmp_path / "copy", tmp_path / "forgotten", tmp_path / "later"
    async with TelegramServer() as server:
        async with Palabre(tmp_path / "first", server) as first:
            ama, ben = (Participant(server.phone(name, "en"), name) for name in ("ama", "ben"))
            await talks(ama)
            await talks(ben)
            crowd = [Participant(server.phone(f"p{n}", "en"), "p") for n in range(8)]
            talking = [asyncio.create_task(talks(one)) for one in crowd]
            assert "Copied" in await first.command("backup", str(copy))
            await asyncio.gather(*talking)
            await ben.says("forget me")
            await ben.says("1")
            await first.command("forgotten", "list", "--out", str(listed))
            key = (first.folder / "data" / "secret_key").read_text()
            await first.stop()
        assert listed.read_text().count("telegram") == 1
        assert not (copy / "secret_key").exists()
        (later / "data").mkdir(parents=True)
        shutil.copy(copy / DATABASE, later / "data")
        async with Palabre(later, server, {"SECRET_KEY": key}) as second:
            await second.stop()
            assert "Forgotten again: 1" in await second.command("forgotten", "apply", str(listed))
            assert "Forgotten again: 0" in await second.command("forgotten", "apply", str(listed))
            await second.start()
            heard = len(ama.heard)
            await ama.presses(0)
            assert len(ama.heard) == heard + 1
            assert b"Traceback" not in second.log, second.log.decode()
