"""The check's report for people: plain lines on a pipe, tables where a terminal looks on."""

from collections.abc import Iterable, Sequence

from bot.dialogue.fault import Fault
from bot.dialogue.placeholders import fill
from bot.gateway.check import Figure, Report
from bot.gateway.speaking import Coverage
from bot.language import N_, _

HEAD = (
    *(N_("flow"), N_("language"), N_("channel"), N_("questions")),
    *(N_("longest"), N_("at"), N_("SMS segments"), N_("messages back"), N_("dear letters")),
)


def format_report(report: Report, *, terminal: bool = False, width: int = 100) -> str:
    """Return the report as text; `terminal`: with tables, `width` columns wide."""
    parts = [
        *_section(_("Faults"), report.faults),
        *_section(_("Warnings"), report.warnings),
        _table(report.figures, width) if terminal else _lines(report.figures),
        _heard(report.heard),
        _("{faults} faults, {warnings} warnings.")
        .replace("{faults}", str(len(report.faults)))
        .replace("{warnings}", str(len(report.warnings))),
    ]
    return "\n".join(part for part in parts if part)


def _section(title: str, faults: Sequence[Fault]) -> Iterable[str]:
    return [f"{title}:", *map(str, faults), ""] if faults else []


def _row(figure: Figure) -> tuple[str, ...]:
    asked = figure.exchanges
    many = f"{figure.segments_least}-{figure.segments_most}" if figure.segments_most else ""
    first = _("first")
    return (
        figure.flow,
        figure.language,
        figure.channel,
        f"{asked.least}-{asked.most}",
        str(figure.longest),
        figure.longest_step,
        f"{many} ({first} {figure.segments_first})" if many else "",
        str(figure.messages_back) if many else "",
        figure.dear_letters,
    )


def _lines(figures: Iterable[Figure]) -> str:
    return "\n".join(map(_line, figures))


def _line(figure: Figure) -> str:
    named = zip(HEAD, _row(figure), strict=True)
    return " ".join(f"{_(name)}={value}" for name, value in named if value)


def _heard(heard: Iterable[Coverage]) -> str:
    """Say a line a phase and language: of its texts, who reads how many aloud."""
    words = _(
        "{phase} {language}: of {all} texts {recorded} are read by people, {spoken} by the "
        "speech engine, {stale} recordings read other words, {missing} have no sound yet"
    )
    lines = []
    for one in heard:
        values = {
            "phase": one.phase, "language": one.language, "all": str(len(one.sounds)),
            "recorded": str(one.count("recorded", "unchecked")),
            "spoken": str(one.count("spoken")),
            "stale": str(sum(1 for s in one.sounds if s.aside or s.state == "recording stale")),
            "missing": str(one.count("missing", "stale", "recording stale")),
        }  # fmt: skip
        lines.append(fill(words, values))
    return "\n".join((_("What can be heard:"), *lines)) if lines else ""


def _table(figures: Iterable[Figure], width: int) -> str:
    from rich.console import Console
    from rich.table import Table

    table = Table(*map(_, HEAD), box=None, pad_edge=False)
    for each in figures:
        table.add_row(*_row(each))
    console = Console(width=width, force_terminal=True)
    with console.capture() as captured:
        console.print(table)
    return captured.get().rstrip()
