"""The French stemmer (Snowball), for words whose accents may not have been typed."""

import re

import Stemmer  # type: ignore[import-not-found]

from faq.domain.text.normalisation import remove_accents

_STEMMER = Stemmer.Stemmer("french")
_MAX_UNSTEMMED = 3
"""Letters up to which a word is its own stem: « INS » is no plural."""
_ACCENTED_ENDING = re.compile(r"(?<=..)(?:ites?|ees?)$")


def stem(folded: str) -> str:
    """Return the stem of a folded word: its inflected forms share it, whether their accents were typed or not."""
    if len(folded) <= _MAX_UNSTEMMED:
        return folded
    # Snowball recognises these endings by their accents, which folding removed.
    accented = _ACCENTED_ENDING.sub(lambda ending: "ité" if ending[0].startswith("it") else "é", folded)
    return remove_accents(_STEMMER.stemWord(accented))
