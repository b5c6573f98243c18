"""The ways in which making a document can fail, each named once."""

from bot.language import _


class DocumentError(Exception):
    """A document cannot be made."""

    def __init__(self, **details: object) -> None:
        self.details = details
        sentence = self.__doc__ or ""
        super().__init__(_(sentence).format_map(details))


class TypesetterMissing(DocumentError):
    """Typst is not installed: run `.venv/bin/pip install -e '.[documents]'` and try again."""


class NoDocuments(DocumentError):
    """{folder} holds no document: put NAME.LANGUAGE.md there, for example trends-1.fr.md."""


class UnnamedLanguage(DocumentError):
    """{path} does not say its language: call it NAME.LANGUAGE.md, for example trends-1.fr.md."""


class NoTitle(DocumentError):
    """{path} has no title: begin it with one line `# Title`."""


class CannotTypeset(DocumentError):
    """A document holds {kind}, which the lay-out does not know: write it in another way."""
