"""Differences between two texts: no word, number, address or space escapes, and nothing is lost."""

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq.domain.diff import (
    MAX_PIECES,
    Change,
    FacetChange,
    Line,
    Piece,
    Segment,
    changed_terms,
    diff_line,
    diff_text,
    split_lines,
)
from faq.domain.diff_alignment import is_blank, split_tokens
from faq.domain.facets import Facet

WORDS = st.sampled_from(["il", "est", "doit", "pas", "30", "60", ".", ",", "https://a.fr/b?c=1", "’", "\u00a0", "  "])
TEXTS = st.lists(st.one_of(WORDS, st.just("\n"), st.just(" "))).map("".join)
ANY_TEXT = st.text() | st.text("ab \n") | TEXTS


def shown(line: Line) -> str:
    """Write a line for the eye: [-removed-]{+added+}, with the names of unseen characters in <>."""
    marks = {Change.UNCHANGED: "{}", Change.REMOVED: "[-{}-]", Change.ADDED: "{{+{}+}}"}
    texts = ("".join(f"<{name}>" if name else text for text, name in segment.pieces) for segment in line.segments)
    return "".join(marks[segment.change].format(text) for segment, text in zip(line.segments, texts, strict=True))


def summary(old: str, new: str) -> list[tuple[str, str]]:
    return [(line.change.value, shown(line)) for line in diff_text(old, new)]


@given(ANY_TEXT, ANY_TEXT)
def test_both_texts_can_be_read_back(old: str, new: str) -> None:
    lines = diff_text(old, new)

    assert "\n".join(line.old for line in lines if line.old is not None) == old
    assert "\n".join(line.new for line in lines if line.new is not None) == new


@given(ANY_TEXT, ANY_TEXT)
def test_both_lines_can_be_read_back(old: str, new: str) -> None:
    line = diff_line(old, new)

    assert (line.old, line.new) == (old, new)


@given(ANY_TEXT, ANY_TEXT)
def test_a_line_says_what_its_segments_say(old: str, new: str) -> None:
    for line in diff_text(old, new):
        changes = {segment.change for segment in line.segments}
        if line.change is Change.CHANGED:
            assert changes & {Change.ADDED, Change.REMOVED}
        else:
            assert changes <= {line.change}
        assert all(segment.text for segment in line.segments)


@given(ANY_TEXT)
def test_nothing_changed(text: str) -> None:
    assert [(line.change, line.new) for line in diff_text(text, text)] == [
        (Change.UNCHANGED, line) for line in split_lines(text)
    ]


@given(TEXTS, TEXTS)
def test_words_and_addresses_are_never_cut(old: str, new: str) -> None:
    for line in diff_text(old, new):
        for whole, other in ((line.old, Change.ADDED), (line.new, Change.REMOVED)):
            texts = [segment.text for segment in line.segments if segment.change is not other]
            assert [token for text in texts for token in split_tokens(text)] == split_tokens(whole or "")


@given(ANY_TEXT, ANY_TEXT)
def test_what_changed_can_be_seen(old: str, new: str) -> None:
    for segment in (segment for line in diff_text(old, new) for segment in line.segments):
        assert "".join(piece.text for piece in segment.pieces) == segment.text
        if segment.change is not Change.UNCHANGED:
            assert all(piece.name or not is_blank(piece.text) for piece in segment.pieces)


def test_a_space_between_characters_that_cannot_be_seen_is_named_too() -> None:
    pieces = Segment(Change.REMOVED, "un\u200b \u200bdeux", spaces_differ=True).pieces
    assert [bool(piece.name) for piece in pieces] == [False, True, True, True, False]


WITHIN_A_LINE = {
    "negation": (
        "Le dépôt est obligatoire.",
        "Le dépôt n’est pas obligatoire.",
        "Le dépôt {+n’+}est{+ pas+} obligatoire.",
    ),
    "no": ("Oui, sans délai.", "Non, sans délai.", "[-Oui-]{+Non+}, sans délai."),
    "duty": ("Il doit signer la preuve.", "Il peut signer la preuve.", "Il [-doit-]{+peut+} signer la preuve."),
    "number": ("sous 30 jours ouvrés", "sous 60 jours ouvrés", "sous [-30-]{+60+} jours ouvrés"),
    "date": (
        "avant le 30/06/2026 inclus",
        "avant le 30/09/2026 inclus",
        "avant le [-30/06/2026-]{+30/09/2026+} inclus",
    ),
    "full stop": ("La carte est prête", "La carte est prête.", "La carte est prête{+.+}"),
    "apostrophe": ("l'INS est qualifiée", "l’INS est qualifiée", "l[-'-]{+’+}INS est qualifiée"),
    "accent": ("Le référencement", "Le réferencement", "Le [-référencement-]{+réferencement+}"),
    "link target": (
        "Voir [le guide](https://exemple.fr/v1).",
        "Voir [le guide](https://exemple.fr/v2).",
        "Voir [le guide]([-https://exemple.fr/v1-]{+https://exemple.fr/v2+}).",
    ),
    "query string": (
        "Voir https://exemple.fr/a?b=1&c=2 ici",
        "Voir https://exemple.fr/a?b=1&c=3 ici",
        "Voir [-https://exemple.fr/a?b=1&c=2-]{+https://exemple.fr/a?b=1&c=3+} ici",
    ),
    "no-break space": ("Qui paie ?", "Qui paie\u00a0?", "Qui paie[-<espace>-]{+<espace insécable>+}?"),
    "narrow space": ("Oui\u00a0!", "Oui\u202f!", "Oui[-<espace insécable>-]{+<espace fine insécable>+}!"),
    "double space": ("un  mot", "un mot", "un [-<espace>-]mot"),
    "several spaces": ("fin   ", "fin", "fin[-<espace ×\u00a03>-]"),
    "invisible": ("DRIMbox", "DRIM\u200bbox", "[-DRIMbox-]{+DRIM\u200bbox+}"),
    "tabulation": ("un mot", "un\tmot", "un[-<espace>-]{+<tabulation>+}mot"),
    "unnamed": ("un mot", "un\u2003mot", "un[-<espace>-]{+<caractère invisible U+2003>+}mot"),
    "space beside a word": (
        "sous 30 jours ouvrés",
        "sous 60\u00a0jours ouvrés",
        "sous [-30 -]{+60<espace insécable>+}jours ouvrés",
    ),
    "little words between": (
        "La demande de renouvellement est lue.",
        "La commande de remplacement est lue.",
        "La [-demande de renouvellement-]{+commande de remplacement+} est lue.",
    ),
    "little words as long as a change": ("en mars et avril", "en juin et août", "en [-mars et avril-]{+juin et août+}"),
    "little changes apart": ("vagues 1 et 3 closes", "vagues 2 et 4 closes", "vagues [-1-]{+2+} et [-3-]{+4+} closes"),
    "one word against two spaces": ("Oui sans délai", "délai de trente", "[-Oui sans -]délai{+ de trente+}"),
    "telling word between": (
        "Le fournisseur doit transmettre la preuve.",
        "Le mandataire doit déposer la preuve.",
        "Le [-fournisseur-]{+mandataire+} doit [-transmettre-]{+déposer+} la preuve.",
    ),
    "from nothing": ("", "Qui paie ?", "{+Qui paie ?+}"),
}


@pytest.mark.parametrize(("old", "new", "expected"), WITHIN_A_LINE.values(), ids=WITHIN_A_LINE)
def test_within_a_line(old: str, new: str, expected: str) -> None:
    assert shown(diff_line(old, new)) == expected


ANSWER = """Le certificat est valable trois ans.
Son renouvellement n’est pas automatique.

Pour le renouveler :
- ouvrez le portail
- choisissez le produit
- validez la demande

Une alerte part 60 jours avant l’échéance."""


def test_an_inserted_paragraph_leaves_the_rest() -> None:
    first, *rest = ANSWER.split("\n\n")
    new = "\n\n".join([first, "Il est nominatif.\nIl ne se prête pas.", *rest])

    assert [line for line in summary(ANSWER, new) if line[0] != "unchanged"] == [
        ("added", "{+Il est nominatif.+}"),
        ("added", "{+Il ne se prête pas.+}"),
        ("added", ""),
    ]


def test_a_moved_paragraph_leaves_the_rest() -> None:
    first, steps, alert = ANSWER.split("\n\n")
    new = "\n\n".join([alert, first, steps])

    assert [line for line in summary(ANSWER, new) if line[0] != "unchanged"] == [
        ("added", "{+Une alerte part 60 jours avant l’échéance.+}"),
        ("added", ""),
        ("removed", ""),
        ("removed", "[-Une alerte part 60 jours avant l’échéance.-]"),
    ]


def test_a_list_item_that_moves_while_another_is_reworded() -> None:
    old = "Preuves :\n- une capture d’écran\n- un compte rendu signé par le client\n- une facture"
    new = "Preuves :\n- une facture\n- une capture d’écran\n- un compte rendu daté et signé par le client"

    assert summary(old, new) == [
        ("unchanged", "Preuves :"),
        ("added", "{+- une facture+}"),
        ("unchanged", "- une capture d’écran"),
        ("changed", "- un compte rendu {+daté et +}signé par le client"),
        ("removed", "[-- une facture-]"),
    ]


def test_a_line_replaced_by_another_altogether() -> None:
    assert summary("Le support répond.\nFin", "Aucun délai ne court.\nFin") == [
        ("removed", "[-Le support répond.-]"),
        ("added", "{+Aucun délai ne court.+}"),
        ("unchanged", "Fin"),
    ]


def test_a_line_of_spaces_can_be_seen() -> None:
    assert summary("un\ndeux", "un\n\u00a0\ndeux")[1] == ("added", "{+<espace insécable>+}")


def test_no_text_has_no_lines() -> None:
    assert diff_text("", "") == ()
    assert summary("", "un\n") == [("added", "{+un+}"), ("added", "")]


def test_kept_spaces_are_not_named() -> None:
    segments = diff_line("Qui\u00a0paie ?", "Qui\u00a0paie donc ?").segments

    assert segments[0].pieces == (Piece("Qui\u00a0paie "),)


@pytest.mark.parametrize(
    ("change", "label"),
    [
        (Change.UNCHANGED, "inchangé"),
        (Change.ADDED, "ajouté"),
        (Change.REMOVED, "supprimé"),
        (Change.CHANGED, "modifié"),
    ],
)
def test_changes_are_told_in_french(change: Change, label: str) -> None:
    assert change.label == label


def prose(words: int, per_line: int) -> str:
    known = [f"mot{number}" for number in range(500)] + ["de", "la", "est", "pas", "30", ","] * 20
    picked = random.Random(words).choices(known, k=words)
    return "\n".join(" ".join(picked[at : at + per_line]) for at in range(0, words, per_line))


HOSTILE = {
    "long lines, all reworded": (prose(17_000, 80), prose(17_000, 80).replace("est", "sera")),
    "one line": (prose(17_000, 17_000), prose(17_001, 17_001)),
    "short lines": (prose(17_000, 3), prose(17_001, 3)),
    "equal lines": ("x y\n" * 10_000, "x y\n" * 4_000 + "x z\n" + "x y\n" * 5_000),
    "equal lines, all reworded": ("x y\n" * 10_000, "x z\n" * 10_000),
    "two kinds of lines": ("x\ny\n" * 25_000, "y\nx\nx\n" * 16_000),
    "blank lines": ("\n \n" * 30_000, " \n\n\n" * 30_000),
    "no spaces": ("a" * 100_000, "a" * 50_000 + "b" + "a" * 49_999),
    "marks": (".,;" * 33_000, ";.," * 33_000),
    "spaces": (" " * 100_000, "\u00a0 " * 50_000),
    "hosts": ("a." * 50_000, "b." * 50_000),
    "hyphens": ("a-" * 50_000, "b-" * 50_000),
    "addresses": ("https://(" * 11_000, "https://." * 11_000),
    "marks after an address": ("https://a" + ".([" * 33_000, "https://b" + ".([" * 33_000),
    "mailboxes": ("a@" * 50_000, "b@" * 50_000),
    "numbers": ("1." * 50_000, "2." * 50_000 + "a"),
}


@pytest.mark.parametrize(("old", "new"), HOSTILE.values(), ids=HOSTILE)
@pytest.mark.slow
def test_texts_of_100_000_characters_are_compared_at_once(old: str, new: str) -> None:
    start = time.process_time()
    lines = diff_text(old, new)
    seconds = time.process_time() - start

    assert "\n".join(line.new for line in lines if line.new is not None) == new
    assert seconds < 15  # A second was measured on an idle machine; what grows with the square takes minutes.


HOSPITAL = {"id": 2, "slug": "hopital", "label": "Hôpital"}
IMAGING = {"id": 3, "slug": "imagerie", "label": "Imagerie"}
DPI = {"id": 2, "slug": "dpi", "label": "DPI"}


def test_terms_that_came_and_went() -> None:
    old = {"couloirs": [HOSPITAL], "dispositifs": [DPI], "themes": []}
    new = {"couloirs": [IMAGING], "dispositifs": [], "products": [{"id": 9, "slug": "dmp", "label": "DMP"}]}

    assert changed_terms(old, new) == (
        FacetChange(Facet.COULOIRS, ("Imagerie",), ("Hôpital",), was_transverse=False, is_transverse=False),
        FacetChange(Facet.DISPOSITIFS, (), ("DPI",), was_transverse=False, is_transverse=True),
        FacetChange(Facet.PRODUCTS, ("DMP",), (), was_transverse=True, is_transverse=False),
    )


def test_a_renamed_or_reordered_term_is_no_change() -> None:
    renamed = {"id": 2, "slug": "hopitaux", "label": "Hôpitaux"}

    assert changed_terms({"couloirs": [HOSPITAL, IMAGING]}, {"couloirs": [IMAGING, renamed]}) == ()
    assert changed_terms({}, {"couloirs": []}) == ()


OLD_IMAGE, NEW_IMAGE = (f"media:{digit * 32}.png" for digit in "ab")


def test_a_changed_image_is_seen_before_and_after() -> None:
    line = diff_line(f"![L’écran]({OLD_IMAGE})", f"![L’écran]({NEW_IMAGE})")
    files = [
        (segment.change.value, piece.file) for segment in line.segments for piece in segment.pieces if piece.is_image
    ]

    assert shown(line) == f"![L’écran]([-{OLD_IMAGE}-]{{+{NEW_IMAGE}+}})"
    assert files == [("removed", f"/media/{'a' * 32}.png"), ("added", f"/media/{'b' * 32}.png")]


def test_cells_are_compared_one_by_one() -> None:
    assert summary(
        "| Lundi matin | 3 | x |\n| Mardi | 4 | y |", "| Lundi matin | 4 | y |\n| Mardi | 4 | y |\n| Jeudi | | |"
    ) == [
        ("changed", "| Lundi matin | [-3-]{+4+} | [-x-]{+y+} |"),
        ("unchanged", "| Mardi | 4 | y |"),
        ("added", "{+| Jeudi | | |+}"),
    ]


def letters(number: int, step: int) -> list[str]:
    return ["abcdefghijklm"[at * step % 13] for at in range(number)]


def count_pieces(lines: tuple[Line, ...]) -> int:
    return sum(max(1, len([piece for segment in line.segments for piece in segment.pieces])) for line in lines)


@pytest.mark.parametrize("between", ["\n", "\n\n", "\u00a0 ", " "], ids=["lines", "paragraphs", "spaces", "words"])
def test_a_difference_in_many_pieces_ends_with_both_texts(between: str) -> None:
    old, new = (f"début\n{between.join(letters(9_000, step))}\nfin" for step in (1, 5))
    lines = diff_text(old, new)

    assert count_pieces(lines) <= MAX_PIECES + 3
    assert "\n".join(line.old for line in lines if line.old is not None) == old
    assert "\n".join(line.new for line in lines if line.new is not None) == new
    assert lines[0] == Line(Change.UNCHANGED, (Segment(Change.UNCHANGED, "début"),))
    assert lines[-1].change is Change.UNCHANGED
    assert (lines[-1].new or "").endswith("fin")


def test_a_change_far_down_a_long_text_is_shown_apart() -> None:
    before, after = "ligne\n" * 6_000, "\nligne" * 6_000
    lines = diff_text(f"{before}Délai : 30 jours.{after}", f"{before}Délai : 60 jours.{after}")

    assert [shown(line) for line in lines if line.change is not Change.UNCHANGED] == ["Délai : [-30-]{+60+} jours."]
    assert len(lines) < 20


def test_a_long_new_text_is_added() -> None:
    assert {line.change for line in diff_text("", "ligne\n" * 6_000)} == {Change.ADDED}
    assert {line.change for line in diff_text("ligne\n" * 6_000, "")} == {Change.REMOVED}
