"""Numbers of companies, establishments and products, which stay whole: known by the word before and the length."""

import re
from collections.abc import Iterator

from faq.domain.personal_data.spans import BLANK, Span

_LENGTHS = {
    "siret": (14,),
    "siren": (9,),
    "tva": (11,),
    "finess": (9,),
    "cip": (13, 7),
    "ucd": (13, 7),
    "acl": (13, 7),
    "lpp": (7,),
    "ean": (13, 8),
    "gtin": (14, 13, 8),
}
"""Digits of each code, the longest first; what follows them is another number."""


def _build_shape(cue: str, lengths: tuple[int, ...]) -> re.Pattern[str]:
    digits = "|".join(
        # Digits that follow a short code may be the rest of a telephone number.
        rf"\d(?:[ .-]{{0,2}}\d){{{length - 1}}}(?!{'[ .-]?' if length < 11 else ''}\d)"
        for length in lengths
    )
    return re.compile(
        rf"(?<![^\W_]){cue}s?(?:[ -]?(?:7|8|13|14)(?= ))?(?P<between>(?![^\W\d_])[^\d\n.;!?+{BLANK}]{{0,40}})"
        rf"(?!0[1-9](?:[ .-]\d\d){{4}})(?P<code>{digits})",
        re.IGNORECASE,
    )


_SHAPES = tuple(_build_shape(cue, lengths) for cue, lengths in _LENGTHS.items())


def find_codes(view: str, personal_cues: re.Pattern[str]) -> Iterator[Span]:
    """Yield the codes of a view; a word of `personal_cues` between the noun and a number makes it somebody's."""
    done = 0
    found = [match for shape in _SHAPES for match in shape.finditer(view) if not personal_cues.search(match["between"])]
    for match in sorted(found, key=lambda match: match.span("code")):
        if match.start("code") >= done:
            done = match.end("code")
            yield Span(*match.span("code"))
