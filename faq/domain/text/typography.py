"""The spaces of French typography."""

import re

NO_BREAK_SPACE = "\u00a0"
_BEFORE_PUNCTUATION = re.compile(" (?=[:;?!»])")
_AFTER_GUILLEMET = re.compile("(?<=«) ")


def with_no_break_spaces(text: str) -> str:
    """Return a text whose ordinary spaces before « : », « ; », « ? », « ! » and inside guillemets are no-break ones.

    No space is added where none was typed.
    """
    return _AFTER_GUILLEMET.sub(NO_BREAK_SPACE, _BEFORE_PUNCTUATION.sub(NO_BREAK_SPACE, text))
