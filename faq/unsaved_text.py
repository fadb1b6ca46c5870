"""Texts that were typed and not saved: those of an expired session, and the autosaved forms that a page takes up.

While nobody is signed in, the browser alone carries the text of an entry or of the list of questions, in the form of
the sign-in page. After signing in it waits in the session, one text for each page, until it is saved or discarded.
Autosaved forms are named by the address; nothing is saved unasked.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone

from faq.enums import FormKind
from faq.models import AutosavedForm
from faq.models.entries import number_of
from faq.selectors.autosaves import AUTOSAVE_PARAMETER, get_autosaved_form
from faq.services.autosaves import close_autosave

CARRIED_FIELD = "typed"
"""The field of the sign-in form that carries a text."""
SHOWN_FIELD = "kept"
"""The field by which the form of an entry names the unsaved text that it shows."""
DISCARD_BUTTON = "_give_up"
"""The button that discards an unsaved text."""
KEY_FIELD = "autosave-key"
"""The field by which a form names its autosaved fields."""

_ADD_VIEW = "admin:faq_entry_add"
_CHANGE_VIEW = "admin:faq_entry_change"
_LOGIN_VIEW = "admin:login"
_QUESTIONS_VIEW = "admin:faq_entry_questions"
_NEW_ENTRY = "add"
_QUESTIONS = "questions"
_PAGE_FIELD = "_page"
_SESSION_KEY = "kept_texts"
_NOT_TYPED = ("csrfmiddlewaretoken", SHOWN_FIELD, _PAGE_FIELD)


@dataclass(frozen=True)
class SentText:
    """The fields of the form of an entry, of a new one, or of several in a row, as they were sent."""

    page: str
    """The number of the entry, "add" or "questions"."""
    fields: QueryDict

    @property
    def address(self) -> str:
        """The address of the page on which it was typed."""
        if self.page == _QUESTIONS:
            return reverse(_QUESTIONS_VIEW)
        return reverse(_ADD_VIEW) if self.page == _NEW_ENTRY else reverse(_CHANGE_VIEW, args=(self.page,))

    def encode(self) -> str:
        """Return it as the value of one field."""
        fields = self.fields.copy()
        fields[_PAGE_FIELD] = self.page
        return fields.urlencode()


@dataclass(frozen=True)
class UnsavedText:
    """A text that waits in the session, or in an autosaved form."""

    fields: QueryDict
    stored_at: datetime
    autosave: AutosavedForm | None = None
    """The autosaved form that the page takes up; None for the text of an expired session."""

    @property
    def name(self) -> str:
        """The name of this text among those that are stored for the same page one after the other."""
        return self.stored_at.isoformat()

    @property
    def question(self) -> str:
        """The question, shown to people who may read the page and not write."""
        return self.fields.get("question", "")

    @property
    def answer(self) -> str:
        """The answer, shown to the same."""
        return self.fields.get("answer", "")

    @property
    def conflict_texts(self) -> list[str]:
        """The texts typed on the page that joins two versions, for which the form has no place."""
        joining = "theirs" in self.fields
        return [text for name, text in self.fields.items() if joining and name.startswith("other-") and text.strip()]


def read_sent_text(request: HttpRequest) -> SentText | None:
    """Return the text that a form sends: the form of an entry, or the sign-in form that carries it."""
    if request.method != "POST" or request.resolver_match is None:
        return None
    if request.resolver_match.view_name == _LOGIN_VIEW:
        fields = QueryDict(request.POST.get(CARRIED_FIELD, ""), mutable=True)
        return _build_sent_text(_page_key(fields.get(_PAGE_FIELD, "")), fields)
    return _build_sent_text(_requested_page(request), request.POST.copy())


def store_unsaved_text(request: HttpRequest, text: SentText) -> None:
    """Put a text into the session of the person who signed in; it replaces an earlier one of the same page."""
    stored = {"fields": text.fields.urlencode(), "at": timezone.now().isoformat()}
    request.session[_SESSION_KEY] = request.session.get(_SESSION_KEY, {}) | {text.page: stored}


def get_unsaved_text(request: HttpRequest) -> UnsavedText | None:
    """Return the text that waits for the requested page; where a form is sent, only if that form shows the text."""
    kind = FormKind.QUESTIONS if _requested_page(request) == _QUESTIONS else FormKind.ENTRY
    return get_autosaved_text(request, kind) or _get_text_of_session(request)


def get_autosaved_text(request: HttpRequest, kind: FormKind) -> UnsavedText | None:
    """Return the form of a kind that the address names, where its own page is opened and it is this person's."""
    key = parse_key(request.GET.get(AUTOSAVE_PARAMETER, "")) if request.method == "GET" else None
    form = get_autosaved_form(request.user, key) if key else None
    is_of_page = form and form.kind == kind and form.address.partition("?")[0] == request.path
    return UnsavedText(form.typed, form.saved_at, form) if is_of_page else None


def parse_key(text: str) -> uuid.UUID | None:
    """Return the key of an autosaved form; None where a text is none."""
    try:
        return uuid.UUID(text[:40])
    except ValueError:
        return None


def _get_text_of_session(request: HttpRequest) -> UnsavedText | None:
    stored = request.session.get(_SESSION_KEY, {}).get(_requested_page(request))
    if stored is None or (request.method == "POST" and request.POST.get(SHOWN_FIELD) != stored["at"]):
        return None
    return UnsavedText(QueryDict(stored["fields"]), datetime.fromisoformat(stored["at"]))


def delete_unsaved_text(request: HttpRequest) -> None:
    """Delete the unsaved text that the sent form shows, and its autosaved fields: it is saved or discarded."""
    if key := parse_key(request.POST.get(KEY_FIELD, "")):
        close_autosave(request.user, key, timezone.now())
    if _get_text_of_session(request):
        texts = request.session[_SESSION_KEY]
        request.session[_SESSION_KEY] = {
            page: stored for page, stored in texts.items() if page != _requested_page(request)
        }


def _build_sent_text(page: str, fields: QueryDict) -> SentText | None:
    if not page or ("number" if page == _QUESTIONS else "answer") not in fields:
        return None
    for name in _NOT_TYPED:
        fields.pop(name, None)
    return SentText(page, fields)


def _requested_page(request: HttpRequest) -> str:
    match = request.resolver_match
    if match is not None and match.view_name == _QUESTIONS_VIEW:
        return _QUESTIONS
    if match is None or match.view_name not in (_ADD_VIEW, _CHANGE_VIEW):
        return ""
    return _page_key(match.kwargs.get("object_id", _NEW_ENTRY))


def _page_key(page: str) -> str:
    number = number_of(page) if page.isascii() else None
    return page if page in (_NEW_ENTRY, _QUESTIONS) else str(number or "")
