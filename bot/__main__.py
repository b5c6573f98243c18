"""`python -m bot …` is `palabre …`."""

from bot.cli import main

main()
