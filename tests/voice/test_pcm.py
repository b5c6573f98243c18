"""Samples are cut, faded and measured without any other program."""

import subprocess
import sys

import numpy as np
import pytest

from bot.voice.measure import loudest_db, peaks
from bot.voice.pcm import RATE, Pcm, samples, segment, without_silent_edges

FULL = 32767


def tone(seconds: float, amplitude: float = 0.5) -> Pcm:
    """A plain tone of 440 Hz."""
    time = np.arange(round(seconds * RATE)) / RATE
    return (np.sin(2 * np.pi * 440 * time) * amplitude * FULL).astype("<i2")


def nothing(seconds: float) -> Pcm:
    """Digital silence."""
    return np.zeros(round(seconds * RATE), "<i2")


def test_pydub_starts_no_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """With no FFmpeg to be found and every start refused, all that we use of it still works."""

    def refused(*_: object, **__: object) -> None:
        raise AssertionError("pydub started a program")

    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setattr("subprocess.Popen", refused)
    monkeypatch.setattr("pydub.utils.Popen", refused)
    pcm = np.concatenate([nothing(1), tone(1), nothing(1)])
    assert len(without_silent_edges(pcm, -9.0)) == pytest.approx(1.6 * RATE, abs=0.1 * RATE)


def test_pydub_comes_in_without_a_warning() -> None:
    script = "import bot.voice.pcm, bot.voice.hear"
    subprocess.run((sys.executable, "-W", "error", "-c", script), env={"PATH": ""}, check=True)


def test_samples_survive_the_way_through_pydub() -> None:
    pcm = tone(0.5)
    assert np.array_equal(samples(segment(pcm)), pcm)


def test_edges_are_faded() -> None:
    cut = without_silent_edges(tone(1), -6.0)
    assert len(cut) == RATE
    assert np.abs(cut[:16]).max() < 1500
    assert np.abs(cut[-16:]).max() < 1500
    assert np.array_equal(cut[200:-200], tone(1)[200:-200])


@pytest.mark.parametrize("length", [0, 1, 15, 16, 40, 320, 700])
def test_the_shortest_sounds_are_cut_without_fault(length: int) -> None:
    """pydub reckons in milliseconds, so less than one of them may come or go."""
    assert len(without_silent_edges(tone(1)[:length], -6.0)) == pytest.approx(length, abs=16)


def test_the_level_is_that_of_the_loudest_moment() -> None:
    """A full-scale tone has −3 dBFS RMS, wherever in the sound it is."""
    pcm = np.concatenate([nothing(70), tone(0.1, 1.0), nothing(5)])
    assert loudest_db(pcm) == pytest.approx(-3, abs=0.1)


def test_no_sound_at_all_has_the_lowest_level() -> None:
    assert loudest_db(nothing(1)) == loudest_db(nothing(0)) == -100


def test_the_most_negative_sample_counts_as_the_highest_peak() -> None:
    pcm = np.full(400, -32768, "<i2")
    assert peaks(pcm, 4) == (1, 1, 1, 1)


@pytest.mark.parametrize("length", [0, 1, 7, 199, 201])
def test_there_are_always_as_many_peaks_as_asked_for(length: int) -> None:
    assert len(peaks(tone(1)[:length])) == 200
