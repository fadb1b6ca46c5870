"""The message after an action on one entry that leads on to the next piece of the same work."""

from django.contrib import messages
from django.http import HttpRequest
from django.utils.html import format_html

from faq.admin.bulk_messages import link_entries
from faq.admin.display import pluralize_count
from faq.admin.my_work import work_address
from faq.enums import Action, WorkKind
from faq.models import Entry
from faq.selectors.personal_work import get_personal_work

_NAMED = 5
_WORK = {
    Action.SUBMITTED: (WorkKind.REFUSED, "texte refusé à reprendre", "textes refusés à reprendre"),
    Action.PUBLISHED: (WorkKind.TO_REVIEW, "texte à relire", "textes à relire"),
    Action.REFUSED: (WorkKind.TO_REVIEW, "texte à relire", "textes à relire"),
}
"""The next steps that a message offers after an action."""


def add_next_work_message(request: HttpRequest, action: str, entry: Entry) -> None:
    """Add a message on what is left of the work that an action belongs to, with links; none where nothing is."""
    if action not in _WORK:
        return
    kind, one, several = _WORK[Action(action)]
    left = get_personal_work(kind, request.user.pk).exclude(pk=entry.pk)
    numbers = list(left.order_by("head__created_at", "pk").values_list("pk", flat=True))
    if not numbers:
        return
    named, more = link_entries(numbers[:_NAMED]), "…" if len(numbers) > _NAMED else ""
    text = 'Il vous reste <a href="{}">{}</a>\u00a0: {}{}'
    address = work_address(kind, request.user)
    messages.info(request, format_html(text, address, pluralize_count(len(numbers), one, several), named, more))
