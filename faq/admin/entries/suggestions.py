"""Suggestions of terms, each with its evidence, for the texts of a page; nothing is applied by itself."""

from django.http import HttpResponseBadRequest, JsonResponse

from faq.admin.pages import AdminView
from faq.domain.limits import ANSWER_MAX_LENGTH, QUESTION_MAX_LENGTH
from faq.domain.suggestions import drop_implied
from faq.models import Entry
from faq.models.entries import number_of
from faq.selectors.published import load_taxonomy
from faq.selectors.suggestions import TextToFile, suggest_for
from faq.services.content import normalize_line_ends
from faq.term_widgets import term_key

MOST_TEXTS = 50
_NEW_ENTRY = 0


class SuggestionsView(AdminView):
    """The suggestions for stored entries, whose question may be typed again, or for the text of one form."""

    def has_permission(self):
        """Return whether the account may change entries."""
        return self.model_admin.has_change_permission(self.request)

    def post(self, request):
        """Return the suggestions by entry number, those of the text in the form under its own."""
        texts = self._read_typed() if "answer" in request.POST else self._read_stored()
        if len(texts) > MOST_TEXTS:
            return HttpResponseBadRequest()
        taxonomy = load_taxonomy()
        found = [drop_implied(suggested, taxonomy) for suggested in suggest_for(texts)]
        return JsonResponse({text.number: _describe(ones) for text, ones in zip(texts, found, strict=True)})

    def _read_typed(self):
        """Return the text of a form; one above the limits cannot be saved, and only its beginning counts."""
        number = number_of(self.request.POST.get("number", "")) or _NEW_ENTRY
        question, answer = (normalize_line_ends(self.request.POST.get(name, "")) for name in ("question", "answer"))
        return [TextToFile(number, question[:QUESTION_MAX_LENGTH], answer[:ANSWER_MAX_LENGTH])]

    def _read_stored(self):
        sent = [number_of(text) for text in self.request.POST.getlist("number")][: MOST_TEXTS + 1]
        entries = Entry.objects.filter(pk__in=[number for number in sent if number is not None]).order_by("pk")
        rows = entries.values_list("pk", "head__question", "head__answer")
        return [
            TextToFile(number, self._typed_question(number) or question, answer) for number, question, answer in rows
        ]

    def _typed_question(self, number):
        return self.request.POST.get(f"q{number}-question", "")[:QUESTION_MAX_LENGTH].strip()


def _describe(suggestions):
    return [
        {
            "key": term_key(one.term),
            "label": one.term.label,
            "facet": one.term.facet.label,
            "evidence": one.evidence,
        }
        for one in suggestions
    ]
