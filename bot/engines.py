"""The engines that settings name: what writes down, what translates, what speaks."""

from pathlib import Path

import aiohttp

from bot.gateway.library import Library
from bot.gateway.translator import HostedTranslator, Translator, is_this_machine
from bot.language import _
from bot.settings import Settings, WrongSetting
from bot.voice.saying import Speaker, speaker_of
from bot.voice.saying_hosted import HostedSpeaker, voices_of
from bot.voice.transcribe import FasterWhisper, HostedTranscriber, Transcriber


def transcriber_of(
    settings: Settings, library: Library, session: aiohttp.ClientSession
) -> Transcriber | None:
    """Build what writes down recordings, None where people do. Raises WrongSetting, NoEngine."""
    kind, _colon, folder = settings.asr.partition(":")
    if kind == "off":
        return None
    if kind == "faster-whisper":
        return FasterWhisper(Path(folder))
    if not settings.asr_url:
        raise WrongSetting(_("PALABRE_ASR_URL: name the service to which recordings are sent."))
    if language := library.hosted_engine_unnamed():
        raise WrongSetting(
            _(
                "PALABRE_ASR: recordings may not leave this machine. Name the service in "
                "consultation.yaml (“recordings may be sent to”) and in a consent that people "
                "give, in every language; it lacks: {language}."
            ).replace("{language}", language)
        )
    return HostedTranscriber(session, settings.asr_url, settings.asr_key, settings.asr_model)


def make_speaker(settings: Settings) -> Speaker | None:
    """Build what says our words, None where nothing does. Raises WrongSetting."""
    if settings.tts != "http":
        return speaker_of(settings.tts)
    if not settings.tts_url:
        raise WrongSetting(_("PALABRE_TTS_URL: name the service that says our words."))
    voices = voices_of(settings.tts_voice)
    return HostedSpeaker(settings.tts_url, settings.tts_key, settings.tts_model, voices)


def translator_of(
    settings: Settings, library: Library, session: aiohttp.ClientSession
) -> Translator | None:
    """Build what translates for those who draft, None where people do. Raises WrongSetting.

    A service on this machine needs no consent: no word leaves it.
    """
    if settings.translate == "off":
        return None
    if not settings.translate_url:
        raise WrongSetting(_("PALABRE_TRANSLATE_URL: name the service that translates."))
    language = library.hosted_translator_unnamed()
    if language and not is_this_machine(settings.translate_url):
        raise WrongSetting(
            _(
                "PALABRE_TRANSLATE: words may not leave this machine. Name the service in "
                "consultation.yaml (“words may be sent to”) and in a consent that people "
                "give, in every language; it lacks: {language}."
            ).replace("{language}", language)
        )
    return HostedTranslator(session, settings.translate_url, settings.translate_key)


def translates_into(settings: Settings, library: Library) -> str:
    """Return the language in which people draft. Raises WrongSetting where it is none of ours."""
    consultation = library.consultation
    into = settings.translate_into or consultation.source
    if into not in consultation.languages:
        known = ", ".join(consultation.languages)
        raise WrongSetting(
            _("PALABRE_TRANSLATE_INTO: write one of the consultation's languages: {known}.")
            .replace("{known}", known)
        )  # fmt: skip
    return into
