"""What the form below an answer sends: a vote, or a comment; the version that was read; the list to go back to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.http import QueryDict
from django.urls import reverse

from feedback.models import CommentReason, VoteAnswer

_NUMBER = re.compile(r"[1-9][0-9]*", re.ASCII)


class InvalidForm(ValueError):
    """A form that no page of ours can have sent."""


@dataclass(frozen=True, slots=True)
class PageContext:
    """Where the form was."""

    version: int | None
    """The number of the version that was read, if it is told."""
    way_back: str
    """The address of the list in which the answer was read; "" on its own page."""


@dataclass(frozen=True, slots=True)
class SentVote:
    """A vote as it was sent."""

    answer: VoteAnswer
    place: PageContext


@dataclass(frozen=True, slots=True)
class SentComment:
    """A comment as it was sent, personal data and all: not to be stored, nor logged."""

    reason: CommentReason | None
    text: str
    place: PageContext


# By hand rather than as forms.Form, which takes longer than all the rest of a vote.
def parse_vote(sent: Mapping[str, str]) -> SentVote:
    """Read what was sent. Raises Unreadable."""
    try:
        answer = VoteAnswer(sent.get("vote", ""))
    except ValueError as error:
        raise InvalidForm from error
    return SentVote(answer, _read_place(sent))


def parse_comment(sent: Mapping[str, str]) -> SentComment:
    """Read what was sent. Raises Unreadable."""
    reason, text = sent.get("motif", ""), sent.get("commentaire", "")
    if "\0" in text or reason not in {"", *CommentReason.values}:
        raise InvalidForm
    return SentComment(CommentReason(reason) if reason else None, text, _read_place(sent))


def _read_place(sent: Mapping[str, str]) -> PageContext:
    version = sent.get("version", "")
    if version and not _NUMBER.fullmatch(version):
        raise InvalidForm
    # Longer numbers are those of no version, and Python refuses to read the longest.
    number = int(version[:20]) if version else None
    return PageContext(number, _our_list(sent.get("retour", "")))


def _our_list(address: str) -> str:
    """Return the address of a list of ours, written again; any other is as good as none."""
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
