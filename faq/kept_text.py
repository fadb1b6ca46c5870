"""Texts kept over an expired session: what was typed comes back after signing in, and nothing is saved unasked.

While nobody is signed in the browser alone carries the text, through the sign-in page. From then on it waits
in the session, one text per page of an entry, until it is saved or given up.
"""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone

from faq.models.entries import number_of

CARRIED = "typed"
"""The field of the sign-in page that carries a text."""
SHOWN = "kept"
"""The field by which an entry's form says which kept text it shows."""
GIVE_UP = "_give_up"
"""The button that drops a kept text."""

_ADD = "admin:faq_entry_add"
_CHANGE = "admin:faq_entry_change"
_LOGIN = "admin:login"
_NEW = "add"
_PAGE = "_page"
_IN_SESSION = "kept_texts"
_NOT_TYPED = ("csrfmiddlewaretoken", SHOWN, _PAGE)


@dataclass(frozen=True)
class TypedText:
    """What somebody typed on the page of one entry, or of a new one, and could not save."""

    page: str
    """The entry's number, or « add »."""
    fields: QueryDict

    @property
    def address(self) -> str:
        """Where it was typed."""
        return reverse(_ADD) if self.page == _NEW else reverse(_CHANGE, args=(self.page,))

    def packed(self) -> str:
        """Write it as the value of one field."""
        fields = self.fields.copy()
        fields[_PAGE] = self.page
        return fields.urlencode()


@dataclass(frozen=True)
class KeptText:
    """A text that waits in the session."""

    fields: QueryDict
    kept_at: datetime

    @property
    def name(self) -> str:
        """What tells it from another that is kept for the same page later."""
        return self.kept_at.isoformat()

    @property
    def question(self) -> str:
        """The question, for those who may read the page and not write."""
        return self.fields.get("question", "")

    @property
    def answer(self) -> str:
        """The answer, for the same."""
        return self.fields.get("answer", "")

    @property
    def beside(self) -> list[str]:
        """What was written instead of either text where two had to be joined: the form has no place for it."""
        joining = "theirs" in self.fields
        return [text for name, text in self.fields.items() if joining and name.startswith("other-") and text.strip()]


def typed_in(request: HttpRequest) -> TypedText | None:
    """Return the text that a form sends: the form of an entry, or the sign-in form that carries it on."""
    if request.method != "POST" or request.resolver_match is None:
        return None
    if request.resolver_match.view_name == _LOGIN:
        fields = QueryDict(request.POST.get(CARRIED, ""), mutable=True)
        return _text(_number(fields.get(_PAGE, "")), fields)
    return _text(_page_of(request), request.POST.copy())


def keep(request: HttpRequest, text: TypedText) -> None:
    """Put a text into the session of whoever signed in; a later text of the same page replaces an earlier one."""
    kept = {"fields": text.fields.urlencode(), "at": timezone.now().isoformat()}
    request.session[_IN_SESSION] = request.session.get(_IN_SESSION, {}) | {text.page: kept}


def kept_for(request: HttpRequest) -> KeptText | None:
    """Return the text that waits for the page that is asked for; where a form is sent, only if it shows that text."""
    kept = request.session.get(_IN_SESSION, {}).get(_page_of(request))
    if kept is None or (request.method == "POST" and request.POST.get(SHOWN) != kept["at"]):
        return None
    return KeptText(QueryDict(kept["fields"]), datetime.fromisoformat(kept["at"]))


def forget(request: HttpRequest) -> None:
    """Drop the kept text that the form which was sent showed: it is saved, or given up."""
    if kept_for(request):
        others = {page: kept for page, kept in request.session[_IN_SESSION].items() if page != _page_of(request)}
        request.session[_IN_SESSION] = others


def _text(page: str, fields: QueryDict) -> TypedText | None:
    if not page or "answer" not in fields:
        return None
    for name in _NOT_TYPED:
        fields.pop(name, None)
    return TypedText(page, fields)


def _page_of(request: HttpRequest) -> str:
    match = request.resolver_match
    if match is None or match.view_name not in (_ADD, _CHANGE):
        return ""
    return _number(match.kwargs.get("object_id", _NEW))


def _number(page: str) -> str:
    number = number_of(page)
    return _NEW if page == _NEW else str(number or "")
