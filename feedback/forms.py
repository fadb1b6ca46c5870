"""Parsers for the forms below an answer: a vote or a comment, the version that was read, the list to return to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.http import QueryDict
from django.urls import reverse

from feedback.models import CommentReason, VoteAnswer

_NUMBER = re.compile(r"[1-9][0-9]*", re.ASCII)


class InvalidForm(ValueError):
    """A form that no page of this site can have sent."""


@dataclass(frozen=True, slots=True)
class PageContext:
    """The version and the page on which a form was sent."""

    version: int | None
    """The number of the version that was read, if the form has one."""
    return_address: str
    """The address of the list in which the answer was read; "" for the answer's own page."""


@dataclass(frozen=True, slots=True)
class SentVote:
    """A vote as a visitor sent it."""

    answer: VoteAnswer
    context: PageContext


@dataclass(frozen=True, slots=True)
class SentComment:
    """A comment as a visitor sent it; it may hold personal data and is neither stored nor logged."""

    reason: CommentReason | None
    text: str
    context: PageContext


# Not a forms.Form, which takes longer than all the rest of a vote.
def parse_vote(sent: Mapping[str, str]) -> SentVote:
    """Return the vote in a form. Raises Unreadable."""
    try:
        answer = VoteAnswer(sent.get("vote", ""))
    except ValueError as error:
        raise InvalidForm from error
    return SentVote(answer, _parse_context(sent))


def parse_comment(sent: Mapping[str, str]) -> SentComment:
    """Return the comment in a form. Raises Unreadable."""
    reason, text = sent.get("motif", ""), sent.get("commentaire", "")
    if "\0" in text or reason not in {"", *CommentReason.values}:
        raise InvalidForm
    return SentComment(CommentReason(reason) if reason else None, text, _parse_context(sent))


def _parse_context(sent: Mapping[str, str]) -> PageContext:
    version = sent.get("version", "")
    if version and not _NUMBER.fullmatch(version):
        raise InvalidForm
    # No version has a longer number, and Python refuses to parse very long ones.
    number = int(version[:20]) if version else None
    return PageContext(number, _parse_list_address(sent.get("retour", "")))


def _parse_list_address(address: str) -> str:
    """Return the address of a list of this site, rebuilt from its parts; "" for any other address."""
    if not address:
        return ""
    try:
        read = urlsplit(address)
    except ValueError:
        return ""
    home = reverse("faq:cascade")
    if read.scheme or read.netloc or read.path != home:
        return ""
    query = QueryDict(read.query).urlencode() if read.query else ""
    return f"{home}?{query}" if query else home
