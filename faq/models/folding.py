"""Folding in the database: columns that searches and orders compare as `fold` compares texts, on both databases."""

from django.db import models
from django.db.backends.signals import connection_created
from django.db.models.lookups import Contains

from faq.domain.text import fold
from faq.domain.text.normalisation import FOLDED_LETTERS

_MARKS = "\u0300-\u036f"
_ALIKE = {"‘": "'", "’": "'", "‐": "-", "‑": "-", "“": '"', "”": '"', "«": '"', "»": '"'} | {
    letter: plain for letter, plain in FOLDED_LETTERS.items() if len(plain) == 1
}
_UNSEEN = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_LONGER = {**{letter: plain for letter, plain in FOLDED_LETTERS.items() if len(plain) > 1}, "ß": "ss"}
_SQLITE_FUNCTION = "faq_fold"


class Folded(models.Func):
    """The folded form of a column, in the order of its characters: é stands with e, œ with oe.

    PostgreSQL computes what French labels and texts need of `fold`; SQLite calls `fold`.
    """

    function = _SQLITE_FUNCTION
    arity = 1
    output_field = models.TextField()

    def as_postgresql(self, compiler, connection, **context):
        """Return the expression that PostgreSQL computes."""
        text, parameters = compiler.compile(self.source_expressions[0])
        text = f"lower(regexp_replace(normalize(({text})::text, NFKD), '[{_MARKS}]', '', 'g'))"
        for letter, plain in _LONGER.items():
            text = f"replace({text}, '{letter}', '{plain}')"
            text = f"replace({text}, '{letter.upper()}', '{plain}')" if len(letter.upper()) == 1 else text
        alike = {**_ALIKE, **{letter.upper(): plain for letter, plain in _ALIKE.items() if len(letter.upper()) == 1}}
        plain = "".join(alike.values()).replace("'", "''")
        text = f"translate({text}, '{''.join(alike)}{_UNSEEN}', '{plain}')"
        return f"(btrim(regexp_replace({text}, '\\s+', ' ', 'g')) COLLATE \"C\")", parameters


def with_all_words(text, columns):
    """Return the condition that some of the columns hold each word of a text, without regard to case and accents."""
    condition = models.Q()
    for word in dict.fromkeys(fold(text).split()):
        condition &= models.Q(*(models.Q(Contains(Folded(column), word)) for column in columns), _connector=models.Q.OR)
    return condition


def _register(sender, connection, **kwargs):
    if connection.vendor == "sqlite":
        connection.connection.create_function(
            _SQLITE_FUNCTION, 1, lambda text: None if text is None else fold(str(text)), deterministic=True
        )


connection_created.connect(_register, dispatch_uid="faq.folding")
