"""The folding that texts were stored with before « œ » counted as « oe », for the migrations that read such rows."""

import re

from faq.domain.text import normalise
from faq.domain.text.normalisation import remove_accents

ADDED = re.compile("[œæøłđðþħŧı‒–—―ŒÆØŁĐÐÞĦŦ]")
"""Characters that are folded since then."""


def former_fold(text):
    """Return the normal form without case and accents, as it was."""
    return normalise(remove_accents(normalise(text).casefold()).casefold())
