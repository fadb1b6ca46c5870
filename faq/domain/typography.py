"""The spaces of printed French."""

import re

NO_BREAK_SPACE = "\u00a0"
_BEFORE = re.compile(" (?=[:;?!»])")
_AFTER = re.compile("(?<=«) ")


def held_together(text: str) -> str:
    """Have no line begin with « : », « ; », « ? », « ! » or a closing guillemet, and none end with an opening one.

    Only ordinary spaces become no-break ones: where none was typed, none is added.
    """
    return _AFTER.sub(NO_BREAK_SPACE, _BEFORE.sub(NO_BREAK_SPACE, text))
