"""Letters as people type them, made comparable: no case, accents, punctuation or strange digits."""

import re
import unicodedata

_GAPS = re.compile(r"[^0-9a-z]+")
_SPACES = re.compile(r"\s+")
_LIGATURES = {"œ": "oe", "æ": "ae", "ß": "ss", "\U0001f51f": "10"}
LONGEST = 200  # what is longer is never a label, a number or a command


def plain(text: str) -> str:
    """Return the words of a text, as "d accord" for "D’accord !"; "" if it has none."""
    if text.isascii():
        return _GAPS.sub(" ", text.lower()).strip()
    signs = "".join(map(_plain_sign, unicodedata.normalize("NFKD", text.casefold())))
    return _SPACES.sub(" ", signs).strip()


def _plain_sign(sign: str) -> str:
    if sign.isascii():
        return sign if sign.isalnum() else " "
    if unicodedata.category(sign)[0] == "M":  # accents, and what makes a digit a key
        return ""
    digit = unicodedata.decimal(sign, None)
    if digit is not None:
        return str(digit)
    return _LIGATURES.get(sign) or (sign if sign.isalnum() else " ")


def western(text: str) -> str:
    """Return the text with every digit of the world as 0 to 9, the rest as it was."""
    if text.isascii():
        return text
    return "".join(map(_western_sign, text))


def _western_sign(sign: str) -> str:
    if sign in "\ufe0f\u20e3":
        return ""
    digit = None if sign.isascii() else unicodedata.decimal(sign, None)
    return sign if digit is None else str(digit)


_UNSAYABLE = re.compile("[\0\ud800-\udfff]")


def clean(text: str) -> str:
    """Return the text without what neither JSON nor a database can hold, marked by U+FFFD."""
    if text.isascii() and "\0" not in text:
        return text
    return _UNSAYABLE.sub("\ufffd", text)


def short(text: str) -> str:
    """Return the plain words of a text that may be a label or a command; "" if it is too long."""
    return plain(text) if len(text) <= LONGEST else ""


YES = frozenset({"yes", "oui", "si", "y", "o", "yes please", "oui merci", "si gracias"})
NO = frozenset({"no", "non", "n", "no thanks", "no thank you", "non merci", "no gracias"})
_GREETINGS = """
hi,hello,hey,good morning,good afternoon,good evening,
bonjour,bonsoir,salut,coucou,allo,bonjour a tous,bonjour madame,bonjour monsieur,cc,bjr,bsr,
hola,buenos dias,buenas tardes,buenas noches,buenas,ola,salam,salam aleikoum,salaam
"""
GREETINGS = frozenset(_GREETINGS.replace("\n", "").split(","))

# One to twenty and first to tenth, as written in a short answer in any of the languages.
_COUNTED = (
    "un une uno una one premier premiere primero primera primer first",
    "deux dos two deuxieme second seconde segundo segunda",
    "trois tres three troisieme third tercero tercera tercer",
    "quatre cuatro four quatrieme fourth cuarto cuarta",
    "cinq cinco five cinquieme fifth quinto quinta",
    "six seis sixieme sixth sexto sexta",
    "sept siete seven septieme seventh septimo septima",
    "huit ocho eight huitieme eighth octavo octava",
    "neuf nueve nine neuvieme ninth noveno novena",
    "dix diez ten dixieme tenth decimo decima",
    "onze once eleven",
    "douze doce twelve",
    "treize trece thirteen",
    "quatorze catorce fourteen",
    "quinze quince fifteen",
    "seize dieciseis sixteen",
    "diecisiete seventeen",
    "dieciocho eighteen",
    "diecinueve nineteen",
    "vingt veinte twenty",
)
COUNTING = {word: n for n, words in enumerate(_COUNTED, 1) for word in words.split()}
