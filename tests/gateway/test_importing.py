"""People are brought in from a list: checked line by line, proven, and never against their will."""

from pathlib import Path

import pytest
from gateway.conftest import MakeHome
from gateway.houses import QUESTIONS, Home, Post, Texts
from openpyxl import Workbook
from programme import TAKING_PART

from bot.gateway.importing import Report, bring_in
from bot.gateway.importing.mapping import WrongMap
from bot.gateway.importing.reading import CannotRead
from bot.store import tables
from bot.store.forget import forget

WELCOME = (
    TAKING_PART
    + """\
    if no: refused
endings:
  thanks: Thank you.
  refused: We keep nothing.
"""
)
HEAD = "channel,address,language,time zone\n"
AMA = "sms,+221 77 123 45 67,en,Africa/Dakar\n"


@pytest.fixture
def home(make_home: MakeHome) -> Home:
    """A house with SMS, that welcomes whoever comes."""
    return make_home(Post("sms"), texts=Texts(welcome=WELCOME, reactions=QUESTIONS))


async def brings(
    home: Home, folder: Path, text: str, *, consent: str = "They signed.", dry_run: bool = False,
    mapping: str = "",
) -> Report:  # fmt: skip
    """Bring in a list."""
    (folder / "list.csv").write_text(text, "utf-8")
    (folder / "map.yaml").write_text(mapping, "utf-8")
    return await bring_in(home.house, folder / "list.csv",
                          folder / "map.yaml" if mapping else None,
                          consent=consent, dry_run=dry_run)  # fmt: skip


def told(report: Report) -> list[str]:
    """What was said of its lines."""
    return [str(error) for error in report.errors]


async def test_a_person_of_a_list_is_known_by_number_language_and_facts(
    home: Home, tmp_path: Path
) -> None:
    assert (await brings(home, tmp_path, HEAD + AMA)).made == 1
    (person,) = await home.rows(tables.participants)
    (address,) = await home.rows(tables.addresses)
    (fact, _zone) = await home.rows(tables.facts)
    assert (person.language, person.attested_at) == ("en", home.moment)
    assert home.house.seal.open(b"addresses", address.sealed) == b"+221771234567"
    assert (address.country, fact.source) == ("SN", "import")
    assert b"+221" not in address.address_index


async def test_the_proof_holds_the_words_and_where_they_come_from(
    home: Home, tmp_path: Path
) -> None:
    await brings(home, tmp_path, HEAD + AMA)
    (proof,) = await home.rows(tables.consents)
    assert (proof.kind, proof.words, proof.attested_by) == (
        "consent to be written to", "They signed.", "import 1")  # fmt: skip
    assert [row.made for row in await home.rows(tables.imports)] == [1]


async def test_a_dry_run_counts_and_writes_nothing(home: Home, tmp_path: Path) -> None:
    assert (await brings(home, tmp_path, HEAD + AMA, dry_run=True)).made == 1
    for table in (tables.participants, tables.addresses, tables.facts, tables.imports):
        assert await home.count(table) == 0


async def test_what_is_wrong_in_a_line_is_said_with_its_remedy_and_the_others_come_in(
    home: Home, tmp_path: Path
) -> None:
    lines = ("smz,+221771234568,en,\n", "sms,771234569,en,\n", "sms,+221771234567,en,\n",
             "sms,+221771234570,enn,Africa/Dakkar\n", "sms,,en,\n", "telegram,@ama,en,\n",
             "sms,+22177,en,\n")  # fmt: skip
    report = await brings(home, tmp_path, HEAD + AMA + "".join(lines))
    assert report.made == 1
    assert [(error.line, error.column) for error in report.errors] == [
        (3, "channel"), (4, "address"), (5, "address"), (6, "language"), (6, "time zone"),
        (7, "address"), (8, "address"), (9, "address")]  # fmt: skip
    words = told(report)
    assert words[0] == "line 3, channel: “smz” is not known; did you mean “sms”?"
    assert "it stands in line 2 already" in words[2]
    assert "Africa/Dakar" in words[4]
    assert not any("77123" in line for line in words)


async def test_who_asked_to_be_forgotten_is_not_brought_back(home: Home, tmp_path: Path) -> None:
    ama = home.person("+221771234567")
    await ama.says("hello", "yes")
    owner = await ama.id()
    await home.write(lambda c: forget(c, home.house.media, owner, home.moment))
    assert (await brings(home, tmp_path, HEAD + AMA)).forgotten == 1
    assert await home.count(tables.addresses) == 0


async def test_who_is_known_keeps_what_they_said_themselves(home: Home, tmp_path: Path) -> None:
    await brings(home, tmp_path, HEAD + AMA)
    again = await brings(home, tmp_path, HEAD + AMA.replace("Dakar", "Abidjan"))
    assert (again.made, again.known) == (0, 1)
    more = await brings(home, tmp_path, HEAD.strip() + ",country\n" + AMA.strip() + ",SN\n")
    assert more.changed == 1
    zones = await home.rows(tables.facts, name="time zone")
    assert [row.value for row in zones] == ['"Africa/Dakar"']


async def test_a_map_names_the_columns_and_what_is_the_same_for_all(
    home: Home, tmp_path: Path
) -> None:
    text = "Téléphone;Nom;Âge\n77 123 45 67;Awa;31\n"
    mapping = "address: telephone\nchannel: = sms\ncountry: = SN\nage: Âge\n"
    report = await brings(home, tmp_path, text, mapping=mapping)
    assert (report.made, report.left_out) == (1, ("Nom",))
    assert {row.name: row.value for row in await home.rows(tables.facts)} == {
        "country": '"SN"', "age": '"31"'}  # fmt: skip


async def test_a_consent_is_never_brought_in(home: Home, tmp_path: Path) -> None:
    with pytest.raises(WrongMap, match="only the person can give it"):
        await brings(home, tmp_path, HEAD + AMA, mapping="consent to take part: = yes\n")


async def test_a_list_without_addresses_is_refused(home: Home, tmp_path: Path) -> None:
    with pytest.raises(WrongMap, match="--map"):
        await brings(home, tmp_path, "channel,number\nsms,+221771234567\n")


async def test_a_table_of_a_spreadsheet_is_read_as_it_was_typed(home: Home, tmp_path: Path) -> None:
    book = Workbook()
    for row in (("channel", "address", "country"), ("sms", 771234567, "SN")):
        book.active.append(row)
    book.save(tmp_path / "list.xlsx")
    report = await bring_in(home.house, tmp_path / "list.xlsx", None, consent="", dry_run=False)
    assert (report.made, told(report)) == (1, [])
    (address,) = await home.rows(tables.addresses)
    assert home.house.seal.open(b"addresses", address.sealed) == b"+221771234567"


async def test_what_is_no_table_is_refused_with_a_sentence(home: Home, tmp_path: Path) -> None:
    (tmp_path / "list.xlsx").write_bytes(b"no spreadsheet")
    (tmp_path / "list.csv").write_bytes(b"\0\0\0")
    for name in ("list.xlsx", "list.csv"):
        with pytest.raises(CannotRead):
            await bring_in(home.house, tmp_path / name, None, consent="", dry_run=False)


async def test_a_person_of_a_list_is_still_asked_whether_they_take_part(
    home: Home, tmp_path: Path
) -> None:
    await brings(home, tmp_path, HEAD + AMA)
    ama = home.person("+221771234567")
    assert "Will you take part?" in await ama.says("hello")
    assert "Thank you." in await ama.says("yes")
