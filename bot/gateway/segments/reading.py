"""A rule read: a sentence in, a condition of SQL out; what is not understood is told by its word.

language is fr and channel is sms and has not answered reactions
(role is activist, member or region is africa-west-central) and not asked in the last 7 days
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime

from sqlalchemy import and_, not_, or_

from bot.dialogue.fault import did_you_mean
from bot.gateway.segments.asking import CHANNELS, Known
from bot.language import _
from bot.store import choosing
from bot.store.choosing import Condition

DAY = 86_400_000
NOW_MS = 3_600_000  # who said something so lately is in a conversation now
DEEPEST = 20  # brackets, and rules that name rules
_TOKEN = re.compile(r'\s*(?:"([^"]*)"|([(),])|([^\s(),"]+))')
_UNITS = {"hour": 3_600_000, "day": DAY, "week": 7 * DAY, "month": 30 * DAY}
HAS = ("answered", "finished", "done", "begun")
STARTS = ("has", "not", "in", "seen", "asked", "stopped", "trial", "everybody", "segment")


class WrongRule(Exception):
    """This rule cannot be understood."""


def read_rule(text: str, known: Known, moment: int) -> Condition:
    """Read a rule as it stands now. Raises WrongRule."""
    return _Reader(text, known, moment, depth=0).all()


class _Reader:
    """Reads one rule from left to right; `depth` counts brackets and the rules it came from."""

    def __init__(self, text: str, known: Known, moment: int, depth: int) -> None:
        self.known, self.moment, self.depth = known, moment, depth
        self.words: list[str] = [a or b or c for a, b, c in _TOKEN.findall(text)]
        self.at = 0
        self.last = ""  # the field that was spoken of last

    # ── words ──

    @property
    def next(self) -> str:
        """The word that comes next, "" at the end."""
        return self.words[self.at] if self.at < len(self.words) else ""

    def takes(self, *words: str) -> bool:
        """Take these words if they come next."""
        ahead = [word.lower() for word in self.words[self.at : self.at + len(words)]]
        if ahead != list(words):
            return False
        self.at += len(words)
        return True

    def word(self) -> str:
        if self.at >= len(self.words):
            raise WrongRule(_("The rule ends too early, after “{before}”.")
                            .replace("{before}", self.before()))  # fmt: skip
        self.at += 1
        return self.words[self.at - 1]

    def before(self) -> str:
        return " ".join(self.words[max(0, self.at - 3) : self.at])

    def insist(self, *words: str) -> None:
        if not self.takes(*words):
            sentence = _("After “{before}” the rule needs “{words}”, not “{found}”.")
            raise WrongRule(sentence.replace("{before}", self.before())
                            .replace("{words}", " ".join(words))
                            .replace("{found}", self.next or "…"))  # fmt: skip

    # ── and, or, not ──

    def all(self) -> Condition:
        if not self.words:
            raise WrongRule(_("The rule is empty. To mean everybody, write: everybody"))
        found = self.either()
        if self.next:
            raise self.lost()
        return found

    def lost(self) -> WrongRule:
        if self.next == ")":
            return WrongRule(_("There is a “)” without its “(”."))
        sentence = _("“{word}” is not understood after “{before}”: write “and” or “or” between "
                     "two conditions.")  # fmt: skip
        return WrongRule(sentence.replace("{word}", self.next).replace("{before}", self.before()))

    def either(self) -> Condition:
        parts = [self.both()]
        while self.takes("or"):
            parts.append(self.both())
        return or_(*parts) if len(parts) > 1 else parts[0]

    def both(self) -> Condition:
        parts = [self.one()]
        while self.takes("and"):
            parts.append(self.one())
        return and_(*parts) if len(parts) > 1 else parts[0]

    def one(self) -> Condition:
        if self.takes("not"):
            return self.deeper(lambda: not_(self.one()))
        if self.takes("("):
            found = self.deeper(self.either)
            self.insist(")")
            return found
        return self.condition()

    def deeper(self, read: Callable[[], Condition]) -> Condition:
        self.depth += 1
        if self.depth > DEEPEST:
            raise WrongRule(_("This rule goes too deep: save a part of it as a segment of its own, "
                              "and see that no segment names itself."))  # fmt: skip
        found = read()
        self.depth -= 1
        return found

    # ── conditions ──

    def condition(self) -> Condition:
        for words, read in _CONDITIONS:
            if self.takes(*words):
                return read(self)
        return self.field()

    def talks(self) -> Condition:
        self.takes("now")
        return choosing.talks_since(self.moment - NOW_MS)

    def has(self) -> Condition:
        no = self.takes("not")
        verb = self.word().lower()
        if verb not in HAS:
            raise WrongRule(_unknown(verb, HAS))
        name, _slash, step = self.word().partition("/")
        if name not in self.known.flows:
            raise WrongRule(_unknown(name, self.known.flows))
        if verb == "answered":
            found = choosing.answered(name, step)
        else:
            found = choosing.begun(name) if verb == "begun" else choosing.finished(name)
        return not_(found) if no else found

    def segment(self) -> Condition:
        name = self.word()
        rule = self.known.segments.get(name)
        if rule is None:
            raise WrongRule(_unknown(name, self.known.segments))
        inner = _Reader(rule, self.known, self.moment, self.depth)
        return inner.deeper(inner.all)

    # ── times ──

    def since(self) -> int:
        """Read "in the last 7 days" or "since 2026-11-01"."""
        if self.takes("since"):
            return self.date()
        self.insist("in", "the", "last")
        return self.moment - self.span()

    def last_seen(self) -> Condition:
        """Read "last seen before 2026-11-01", "last seen since …", "… 30 days ago"."""
        if self.takes("since"):
            return choosing.seen_since(self.date_or_ago())
        self.insist("before")
        before = self.date_or_ago()
        return and_(choosing.seen_since(0), not_(choosing.seen_since(before)))

    def date_or_ago(self) -> int:
        if self.next.isdigit():
            ago = self.moment - self.span()
            self.insist("ago")
            return ago
        return self.date()

    def span(self) -> int:
        count, unit = self.word(), self.word().lower()
        each = _UNITS.get(unit.removesuffix("s"))
        if not (count.isascii() and count.isdigit() and len(count) < 6) or each is None:
            sentence = _("“{words}” is no length of time: write, for example, 7 days.")
            raise WrongRule(sentence.replace("{words}", f"{count} {unit}"))
        return int(count) * each

    def date(self) -> int:
        word = self.word()
        try:
            at = datetime.fromisoformat(word)
        except ValueError:
            sentence = _("“{word}” is no date: write it as 2026-11-30.")
            raise WrongRule(sentence.replace("{word}", word)) from None
        return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)

    # ── facts ──

    def field(self) -> Condition:
        name = self.name()
        no = self.takes("not")
        if self.takes("known"):
            found = choosing.fact_known(name)
        else:
            self.takes("one", "of")
            found = self.compared(name, self.values(name))
        return not_(found) if no else found

    def name(self) -> str:
        """Read the words before "is"."""
        begun = self.at
        ahead = [word.lower() for word in self.words[begun : begun + 5]]
        if "is" not in ahead[1:]:
            raise self.no_condition(self.word())
        length = ahead.index("is", 1)
        self.at = begun + length + 1
        name = " ".join(ahead[:length])
        if name not in self.known.fields:
            raise WrongRule(_unknown(name, self.known.fields))
        self.last = name
        return name

    def no_condition(self, word: str) -> WrongRule:
        if word.lower() in self.allowed(self.last):
            sentence = _("Several values stand with commas: {name} is …, {word}")
            return WrongRule(sentence.replace("{name}", self.last).replace("{word}", word))
        return WrongRule(_unknown(word, (*STARTS, *self.known.fields)))

    def allowed(self, name: str) -> tuple[str, ...]:
        return CHANNELS if name == "channel" else self.known.values.get(name, ())

    def values(self, name: str) -> list[str]:
        """Read values with commas between them."""
        found = [self.value(name)]
        while self.takes(","):
            found.append(self.value(name))
        return found

    def value(self, name: str) -> str:
        value = self.word()
        allowed = (
            CHANNELS if name == "channel" and ":" not in value else self.known.values.get(name)
        )
        if name == "country" and len(value) != 2:
            sentence = _("“{word}” is no country: write its two letters, such as SN.")
            raise WrongRule(sentence.replace("{word}", value))
        if allowed and value.lower() not in allowed:
            raise WrongRule(_unknown(value, allowed))
        return value.lower() if allowed else value

    def compared(self, name: str, values: Sequence[str]) -> Condition:
        if name == "channel":
            return choosing.on_channel(values)
        if name == "language":
            return choosing.speaks(values)
        if name == "network":
            return choosing.of_network(values)
        if name == "country":
            return choosing.of_country(values)
        if name in ("consent", "consent to take part"):
            yes = choosing.takes_part()
            parts = [yes if value == "yes" else not_(yes) for value in values]
            return or_(*parts)
        return choosing.fact_is(name, values)


_CONDITIONS: tuple[tuple[tuple[str, ...], Callable[[_Reader], Condition]], ...] = (
    (("everybody",), lambda _reader: choosing.everybody()),
    (("stopped",), lambda _reader: choosing.stopped()),
    (("trial",), lambda _reader: choosing.trial()),
    (("has",), _Reader.has),
    (("in", "a", "conversation"), _Reader.talks),
    (("never", "seen"), lambda _reader: not_(choosing.seen_since(0))),
    (("last", "seen"), _Reader.last_seen),
    (("seen",), lambda reader: choosing.seen_since(reader.since())),
    (("asked",), lambda reader: choosing.asked_since(reader.since())),
    (("in", "segment"), _Reader.segment),
    (("segment", "is"), _Reader.segment),
    (("segment",), _Reader.segment),
)


def _unknown(word: str, known: Iterable[str]) -> str:
    names = list(dict.fromkeys(known))
    near = did_you_mean(word.lower(), names).removeprefix('did you mean "').removesuffix('"?')
    if near:
        sentence = _("“{value}” is not known; did you mean “{near}”?")
        return sentence.replace("{value}", word).replace("{near}", near)
    sentence = _("“{value}” is not known; write one of: {known}")
    return sentence.replace("{value}", word).replace("{known}", ", ".join(names) or "…")
