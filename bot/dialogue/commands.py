"""What people may always say, as a whole message, in every language."""

from functools import cache
from typing import Literal, get_args

from bot.dialogue.words import plain, short

Command = Literal[
    "stop",
    "start",
    "help",
    "back",
    "skip",
    "repeat",
    "more",
    "enough",
    "done",
    "menu",
    "person",
    "privacy",
    "forget",
    "someone else",
    "new owner",
    "help someone",
    "helped",
    "link",
    "hear",
    "add",
    "listen",
    "listen only",
    "read",
    "call",
]
COMMANDS: tuple[Command, ...] = get_args(Command)

# Twilio's own words for leaving are here too; YES is in none of them.
_SAID: dict[Command, str] = {
    "stop": "stop|arret|arrete|arreter|arretez|stopper|desabonner|desabonnement|alto|parar|pare"
    "|baja|detener|stopall|stop all|unsubscribe|end|quit|cancel|revoke|optout|opt out",
    "start": "start|debut|demarrer|iniciar|inicio|unstop",
    "help": "help|help me|aide|aidez moi|aide moi|ayuda|ayudeme|ayudame|info",
    "back": "back|go back|retour|revenir|en arriere|atras|volver|regresar",
    "skip": "skip|pass|passer|sauter|saltar|omitir|pasar",
    "repeat": "repeat|again|repeter|repetez|repete|repetir|repita|repite|otra vez",
    "more": "more|plus|en savoir plus|mas|saber mas",
    "enough": "enough|assez|basta|ca suffit|suficiente",
    "done": "done|termine|fini|c est tout|listo|terminado|that s all|es todo",
    "menu": "menu",
    "person": "a person|a human|talk to a person|talk to someone|i want to talk to someone"
    "|i want to talk to a person|speak to someone|i want to speak to someone|une personne|un humain"
    "|parler a quelqu un|je veux parler a quelqu un|je voudrais parler a quelqu un"
    "|parler a une personne|je veux parler a une personne|una persona|hablar con alguien"
    "|quiero hablar con alguien|hablar con una persona|quiero hablar con una persona",
    "privacy": "privacy|my data|what do you know about me|what do you hold"
    "|what do you hold about me"
    "|vie privee|confidentialite|mes donnees|que savez vous de moi|privacidad|mis datos"
    "|que saben de mi|que sabe de mi",
    "forget": "forget me|oubliez moi|oublie moi|olvideme|olvidame|olvidenme",
    "someone else": "someone else|someone else is using this phone"
    "|someone else is using the phone|quelqu un d autre|quelqu un d autre utilise ce telephone"
    "|otra persona|otra persona usa este telefono|otra persona esta usando este telefono"
    "|alguien mas usa este telefono",
    "help someone": "i m helping someone|i am helping someone|helping someone|i help someone"
    "|j aide quelqu un|je aide quelqu un|j aide une personne|aider quelqu un"
    "|ayudo a alguien|estoy ayudando a alguien|ayudo a una persona|ayudar a alguien",
    "helped": "i am done helping|i m done helping|done helping|i finished helping"
    "|j ai fini d aider|j ai termine d aider|fini d aider"
    "|ya termine de ayudar|termine de ayudar|ya ayude",
    "new owner": "new number|this number is new to me|this is my number now|nouveau numero"
    "|ce numero est nouveau pour moi|c est mon numero maintenant|numero nuevo"
    "|este numero es nuevo para mi|ahora es mi numero|este numero es mio ahora",
    "hear": "hear me|hear my message|hear my voice|play it back|listen to me"
    "|m ecouter|me reecouter|ecouter mon message|reecouter mon message|reecouter"
    "|oirme|oir mi mensaje|oir mi voz|escuchar mi mensaje|escucharme",
    "add": "add|add more|add to my answer|say more|ajouter|ajouter encore|ajouter a ma reponse"
    "|agregar|agregar algo mas|agregar mas|anadir|anadir mas",
    "listen": "listen|read aloud|read to me|read it to me|out loud"
    "|ecouter|ecoutez|a voix haute|lire a voix haute|lisez moi"
    "|escuchar|en voz alta|leer en voz alta|leame",
    "listen only": "listen only|only listen|sound only|only sound"
    "|ecouter seulement|seulement ecouter|son seul|que le son"
    "|solo escuchar|escuchar solo|solo sonido",
    "read": "read|text only|no sound|lire|texte seul|sans son|leer|solo texto|sin sonido",
    "call": "call|call me|call me back|please call|please call me|please call me back"
    "|appelez moi|rappelez moi|rappelez|rappel|appel|me rappeler"
    "|llameme|llamenme|llamame|llamada|llamar|devuelvame la llamada",
    "link": "link|link my phones|link my phone|lier|relier|lier mes telephones|lier mon telephone"
    "|vincular|enlazar|vincular mis telefonos|vincular mi telefono",
}
WORDS: dict[str, Command] = {
    said: command for command, all_said in _SAID.items() for said in all_said.split("|")
}

# The everyday languages by hand, so that the libraries' tables need not be loaded for them.
_OWN_NAMES = {
    "fr": ("francais",),
    "en": ("english",),
    "es": ("espanol", "castellano"),
    "pt": ("portugues",),
}


def command(text: str) -> Command | None:
    """Return the command that the whole text is, or None. "/help" and "Help !" are both help."""
    words = short(text)
    if not words:
        return "help" if text.strip() in ("?", "??", "¿?") else None
    return WORDS.get(words)


def language_named(text: str, languages: tuple[str, ...]) -> str:
    """Return the code of the language whose own name the text is, or ""."""
    return _named(languages).get(short(text), "")


@cache
def _named(languages: tuple[str, ...]) -> dict[str, str]:
    return {name: code for code in languages for name in own_names(code)}


def own_names(code: str) -> tuple[str, ...]:
    """Return a language's names for itself, in plain letters: ("espanol", "castellano")."""
    return _OWN_NAMES.get(code) or (plain(own_name(code)),)


@cache
def own_name(code: str) -> str:
    """Return a language's name for itself as people write it: "Español"; the code if unknown."""
    from babel import Locale, UnknownLocaleError

    try:
        name = Locale.parse(code).get_display_name(code)
    except (UnknownLocaleError, ValueError):
        name = None
    return (name or code).capitalize()


def start_payload(text: str) -> str | None:
    """Return what stands behind a typed "/start", "" for nothing; None if it is no /start."""
    if not text.startswith("/start"):
        return None
    return text[6:].strip()
