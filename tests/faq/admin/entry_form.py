"""The page of an entry as a person sees it, and the form that the browser sends from it."""

import html

from django.urls import reverse

from faq.domain.facets import Facet
from faq.models import Version
from faq.services.content import Content, content_of
from tests.factories import a_filing

ADD = reverse("admin:faq_entry_add")
PREVIEW = reverse("admin:faq_entry_preview")


def page_of(entry):
    """Its address."""
    return reverse("admin:faq_entry_change", args=(entry.pk,))


def head_of(entry):
    """Its latest version."""
    return Version.objects.filter(entry=entry).order_by("-number")[0]


def typed(entry=None, **changes):
    """Return the data of a browser: CRLF line ends, one value per ticked box, the number of the version shown."""
    head = head_of(entry) if entry else None
    content = content_of(head) if head else Content()
    data = {
        "question": content.question,
        "answer": content.answer.replace("\n", "\r\n"),
        "comment": "",
        "new_themes": "",
    }
    data |= {facet.value: sorted(content.filing[facet]) for facet in Facet}
    if head:
        data["base"] = head.number
    return data | changes


def read(response):
    """The page as text."""
    return html.unescape(response.content.decode())


def save(client, entry, button="_save", **changes):
    """Press a button of the form, some of whose fields were changed."""
    return client.post(page_of(entry), typed(entry, **{button: "1", **changes}), follow=True)


def ids_of(**slugs):
    """The ids of the terms of one facet: `ids_of(themes="certificats")`."""
    [facet] = slugs
    return sorted(a_filing(**slugs)[Facet(facet)])
