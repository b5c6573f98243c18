"""Run as a program of its own, never imported: reads words, prints 16 kHz mono samples."""

import sys

import py_nanotts


def main() -> None:
    """Say what stands on the standard input."""
    voice, speed = sys.argv[1], float(sys.argv[2])
    words = sys.stdin.buffer.read().decode("utf-8")
    sys.stdout.buffer.write(py_nanotts.NanoTTS().speak(words, voice=voice, speed=speed))


if __name__ == "__main__":
    main()
