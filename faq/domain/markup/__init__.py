"""The markup of answers: plain text with a little Markdown, rendered as safe HTML or stripped to its words."""

from faq.domain.markup.media import MediaKind, MediaReference, find_media_references
from faq.domain.markup.placement import (
    LinkTarget,
    get_file_address,
    place,
    place_links,
    place_without_links,
    with_file_addresses,
)
from faq.domain.markup.references import find_linked_numbers, find_reference_numbers
from faq.domain.markup.rendering import compile_answer, plain_text, render
from faq.domain.markup.sections import Section, parse_sections
from faq.domain.markup.words import blank_markup, opening_words
