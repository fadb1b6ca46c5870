"""The FAQ that the browser tests of the public site visit."""

from faq.models import Entry
from tests.factories import a_published_entry, a_taxonomy

LONG_ADDRESS = "https://exemple.fr/" + "chemin-" * 40


def an_faq() -> dict[str, Entry]:
    """Publish answers of every kind: for one couloir, for all, with lists and with words longer than a screen."""
    a_taxonomy()
    return {
        "hospital": a_published_entry(
            "Comment déposer les preuves à l’hôpital ?",
            "Dans Convergence :\n- une par exigence ;\n- chacune datée.\n\nVoir aussi www.exemple.fr.",
            dispositifs="dpi-vague-1",
            products="convergence",
            themes="certificats",
        ),
        "imaging": a_published_entry("Quand payer en imagerie ?", "Le trentième jour.", couloirs="imagerie"),
        "certification": a_published_entry(
            "Qui certifie ?", "L’agence.", offer_types="certification", products="dmn", themes="financement"
        ),
        "long": a_published_entry(
            "Où se trouve " + "anticonstitutionnellement" * 4 + " ?", f"À cette adresse : {LONG_ADDRESS}"
        ),
    }
