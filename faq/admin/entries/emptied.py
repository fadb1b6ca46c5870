"""The warning after a save with which an entry lost all that a dispositif, a couloir or a product had brought it."""

from django.contrib import messages
from django.http import HttpRequest

from faq.domain.facets import Facet, Filing, Taxonomy


def warn_of_emptied_facets(request: HttpRequest, taxonomy: Taxonomy, before: Filing, after: Filing) -> None:
    """Say which facets lost their implied terms, and with them their last: the entry now answers for every term there.

    A filing does not remember that such a term had been ticked before something else implied it.
    """
    chosen = taxonomy.reduce(before)
    lost = [facet for facet in Facet if before[facet] and not chosen[facet] and not after[facet]]
    if not lost:
        return
    facets = " ni de ".join(facet.label for facet in lost)
    terms = (term for facet in lost for term in taxonomy.by_facet[facet] if term.id in before[facet])
    labels = ", ".join(f"«\u00a0{term.label}\u00a0»" for term in terms)
    text = (
        f"La fiche n’a plus de {facets}\u00a0: elle vaut pour tous. Elle relevait, implicitement, de {labels}\u00a0; "
        "si elle doit en relever encore, cochez-le et enregistrez de nouveau."
    )
    messages.warning(request, text)
