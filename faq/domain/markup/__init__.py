"""The markup of answers: plain text with a little Markdown, rendered as safe HTML or stripped to its words."""

from faq.domain.markup.rendering import plain_text, render
from faq.domain.markup.sections import Section, parse_sections
