"""Structured data for search engines: https://schema.org, as JSON that is safe in a script element."""

import json

from django import template
from django.urls import reverse
from django.utils.safestring import mark_safe

from faq.domain.markup import place

_NO_MARKUP = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})
"""Escapes of characters that could end the script element; in JSON they mean the same characters."""

register = template.Library()


@register.simple_tag
def faq_data(site, answers):
    """Describe questions and their answers; `site` is the scheme and host, answers are those of the public pages."""
    return _script(
        {
            "@context": "https://schema.org",
            "@type": "FAQPage",
            "inLanguage": "fr",
            "mainEntity": [_question(site, answer) for answer in answers],
        }
    )


@register.simple_tag
def breadcrumb_data(site, path, here):
    """Describe the way to a page: `path` from the home page, by label and address, then the name of the page itself."""
    steps = [("Accueil", reverse("faq:cascade")), *((step.label, step.address) for step in path), (here, "")]
    return _script(
        {
            "@context": "https://schema.org",
            "@type": "BreadcrumbList",
            "itemListElement": [
                {"@type": "ListItem", "position": rank, "name": name} | ({"item": site + address} if address else {})
                for rank, (name, address) in enumerate(steps, start=1)
            ],
        }
    )


def _question(site, answer):
    entry = answer.entry
    return {
        "@type": "Question",
        "@id": site + reverse("faq:entry_by_number", args=(entry.pk,)),
        "name": entry.question,
        "dateModified": entry.updated_at.isoformat(timespec="seconds"),
        "acceptedAnswer": {
            "@type": "Answer",
            "text": place(answer.compiled, site=site, targets=answer.targets),
            "url": site + entry.get_absolute_url(),
        },
    }


def _script(data):
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_NO_MARKUP)
    # Escaped above.
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308
