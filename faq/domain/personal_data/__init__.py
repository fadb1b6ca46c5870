"""The masking of personal data in what people type, before anything is stored.

A pipeline of pure functions: a view of the text where signs are normalised without moving anything (`views`), finders
that go over it one after the other (`emails`, `addresses`, `people`, `numbers`, `spoken`), keys and context that decide
(`numbers`, `context`), and the replacement of what was found by its kind, as « [téléphone] ». What one finder has found
is blank for the next. Error codes, versions, dates, amounts and numbers of companies and drugs stay, as questions are
about them.
"""

import unicodedata
from collections.abc import Callable, Iterable, Sequence

from faq.domain.personal_data.addresses import find_postal_addresses
from faq.domain.personal_data.emails import find_emails
from faq.domain.personal_data.numbers import find_finess_numbers, find_numbers
from faq.domain.personal_data.people import find_birth_dates, find_names
from faq.domain.personal_data.spans import Span, blank_spans, replace_spans
from faq.domain.personal_data.spoken import find_spoken_phones
from faq.domain.personal_data.views import build_view

Finder = Callable[[str], Iterable[Span]]

_FINDERS: Sequence[Finder] = (
    find_emails,
    find_postal_addresses,
    find_birth_dates,
    find_names,
    find_spoken_phones,
    find_numbers,
)


def mask_personal_data(text: str, *, finess: bool = False) -> str:
    """Return a text with personal data replaced by its kind, as « [téléphone] »; idempotent.

    `finess` asks for numbers of establishments to be masked too. A text that holds nothing is returned as it is;
    another one is composed (NFC).
    """
    composed = unicodedata.normalize("NFC", text)
    view = build_view(composed)
    found: list[Span] = []
    for find in (*_FINDERS, find_finess_numbers) if finess else _FINDERS:
        spans = list(find(view))
        view = blank_spans(view, spans)
        found += spans
    return replace_spans(composed, found) if found else text
