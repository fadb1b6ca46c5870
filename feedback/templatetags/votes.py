"""Template tags for the form below an answer."""

from functools import cache

from django import template
from django.utils.html import format_html_join

from faq.domain.limits import VISITOR_COMMENT_MAX_LENGTH
from feedback.models import CommentReason

register = template.Library()


@register.simple_tag
@cache
def reasons():
    """Write the reasons as options."""
    return format_html_join("", '<option value="{}">{}</option>', CommentReason.choices)


@register.simple_tag
def longest_comment():
    """Return the number of characters of the longest comment."""
    return VISITOR_COMMENT_MAX_LENGTH
