"""`python -m bot.documents FOLDER`: the PDFs of a folder of Markdown."""

import sys
from pathlib import Path

from bot.documents.errors import DocumentError
from bot.documents.pdf import make_documents
from bot.language import _, of_this_terminal, use


def main(arguments: list[str]) -> int:
    """Make the documents of one folder; 0 when made, 2 with one sentence when not."""
    if len(arguments) != 1:
        print(_("Say which folder: python -m bot.documents FOLDER"), file=sys.stderr)
        return 2
    try:
        made = make_documents(Path(arguments[0]))
    except DocumentError as error:
        print(error, file=sys.stderr)
        return 2
    for path in made:
        print(path)
    return 0


if __name__ == "__main__":
    use(of_this_terminal())
    sys.exit(main(sys.argv[1:]))
