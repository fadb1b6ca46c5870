"""The requests of the script on every form: keep its fields on the server, show what was kept elsewhere."""

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.text import Truncator

from faq.admin.autosave_offers import build_offers, format_hour
from faq.admin.pages import AdminView
from faq.domain.limits import (
    ANSWER_MAX_LENGTH,
    AUTOSAVE_ADDRESS_MAX_LENGTH,
    AUTOSAVE_MAX_LENGTH,
    AUTOSAVES_MAX,
    describe_excess,
)
from faq.enums import FormKind
from faq.models.autosaves import SUBJECT_MAX_LENGTH
from faq.selectors.autosaves import AUTOSAVE_PARAMETER, find_autosaved_forms
from faq.services.autosaves import AutosaveOutcome, SentForm, close_autosave, store_autosave
from faq.unsaved_text import KEY_FIELD, parse_key

_SUBJECTS_MAX = 30
_SEQUENCE_MAX = 2**53
"""Numbers that browsers count exactly."""
_PREFIX = "autosave-"
"""How the fields begin that speak of the form and are none of it."""
_FULL = (
    f"Ce texte n’est pas gardé\u00a0: {AUTOSAVES_MAX} autres saisies de vous attendent déjà. Enregistrez-le, ou "
    "ouvrez celles que montre «\u00a0Mon travail\u00a0», pour les enregistrer ou les abandonner."
)


class AutosaveView(AdminView):
    """Autosaved forms of the person who asks: `GET` shows those about a subject, `POST` stores or closes one."""

    permission = "faq.view_entry"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return what was kept of these forms, and a fresh token.

        The token of the page goes stale when one signs in again in another tab.
        """
        kind, subjects = request.GET.get("kind", ""), request.GET.getlist("subject")[:_SUBJECTS_MAX]
        if kind not in FormKind.values:
            return JsonResponse({"state": "unreadable"}, status=400)
        own = [key for text in request.GET.getlist("except")[:_SUBJECTS_MAX] if (key := parse_key(text))]
        found = find_autosaved_forms(request.user, FormKind(kind), subjects, without=own)
        offers = build_offers(found, browser=parse_key(request.GET.get("browser", "")))
        html = render_to_string("admin/faq/autosave/_offers.html", {"offers": offers}, request) if offers else ""
        return JsonResponse({"offers": html, "token": get_token(request)})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Store the fields of a form, or close it; answer what became of them, for a script."""
        key = parse_key(request.POST.get(KEY_FIELD, ""))
        if key is None:
            return JsonResponse({"state": "unreadable"}, status=400)
        if request.POST.get("autosave-person") != str(request.user.pk):
            return JsonResponse({"state": "person"})
        now = timezone.now()
        if "autosave-close" in request.POST:
            close_autosave(request.user, key, now)
            return JsonResponse({"state": "closed"})
        fields = _read_fields(request.POST)
        if len(fields) > AUTOSAVE_MAX_LENGTH:
            cure = "enregistrez-le, ou raccourcissez-le"
            told = describe_excess("Ce texte n’est pas gardé\u00a0: il", len(fields), AUTOSAVE_MAX_LENGTH, cure)
            return JsonResponse({"state": "long", "text": told})
        sent = _read_form(request.POST, fields)
        if sent is None:
            return JsonResponse({"state": "unreadable"}, status=400)
        outcome = store_autosave(request.user, sent, now)
        told = {"text": _FULL} if outcome is AutosaveOutcome.FULL else {"at": format_hour(now)}
        return JsonResponse({"state": outcome, **told})


def _read_fields(sent: QueryDict) -> str:
    fields = sent.copy()
    for name in [name for name in fields if name.startswith(_PREFIX) or name == "csrfmiddlewaretoken"]:
        del fields[name]
    return fields.urlencode()


def _read_form(sent: QueryDict, fields: str) -> SentForm | None:
    """Return what a tab sent; None where no page of ours sends that."""
    kind, subject = sent.get("autosave-kind", ""), sent.get("autosave-subject", "")
    key, browser, tab = (parse_key(sent.get(f"autosave-{name}", "")) for name in ("key", "browser", "tab"))
    sequence, seen = (_read_rank(sent.get(f"autosave-{name}", "")) for name in ("sequence", "seen"))
    address = _read_address(sent.get("autosave-address", ""))
    is_known = kind in FormKind.values and len(subject) <= SUBJECT_MAX_LENGTH and address
    if not (is_known and key and browser and tab and sequence) or seen is None or "\0" in subject:
        return None
    title = _name_form(FormKind(kind), sent)
    return SentForm(key, FormKind(kind), subject, title, address, browser, tab, sequence, seen, fields)


def _name_form(kind: FormKind, sent: QueryDict) -> str:
    """Return the title of a page, and for an entry the question typed, else its answer: several may be new ones."""
    title = _write_line(sent.get("autosave-title", "")) or kind.label
    texts = (sent.get("question", ""), sent.get("answer", "")) if kind is FormKind.ENTRY else ()
    if typed := next(filter(None, map(_write_line, texts)), ""):
        title = f"{title}\u00a0: {typed}"
    return Truncator(title).chars(SUBJECT_MAX_LENGTH)


def _write_line(text: str) -> str:
    return " ".join(text[:ANSWER_MAX_LENGTH].replace("\0", "").split())


def _read_rank(text: str) -> int | None:
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 16 else None
    return number if number is not None and number <= _SEQUENCE_MAX else None


def _read_address(text: str) -> str:
    """Return an address of the admin, without a form that it takes up; "" for any other."""
    path, _, query = text.partition("?")
    home = reverse("admin:index")
    if not path.startswith(home) or not path.isascii() or not path.isprintable() or "\\" in path or ".." in path:
        return ""
    parameters = QueryDict(query[:AUTOSAVE_ADDRESS_MAX_LENGTH], mutable=True)
    parameters.pop(AUTOSAVE_PARAMETER, None)
    address = f"{path}?{urlencode(list(parameters.lists()), doseq=True)}" if parameters else path
    return address if len(address) <= AUTOSAVE_ADDRESS_MAX_LENGTH else path[:AUTOSAVE_ADDRESS_MAX_LENGTH]
