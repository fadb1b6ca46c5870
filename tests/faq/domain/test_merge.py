"""Two editors on one entry: what both want is kept, what they disagree on is asked, nothing is lost."""

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq.domain.diff import split_lines
from faq.domain.facets import Facet, Filing
from faq.domain.merge import MAX_CONFLICTS, Hunk, MergedTerms, MergedText, Side, combine_texts, merge, merge_text

LINES = ["", "Oui.", "Le dossier est complet.", "Le dossier reste complet.", "- une preuve", "- deux preuves signées"]
TEXTS = st.lists(st.sampled_from(LINES), max_size=8).map("\n".join)
ANY_TEXT = TEXTS | st.text("ab \n")
IDS = st.frozensets(st.integers(1, 4))


@dataclass(frozen=True)
class Entry:
    question: str = "Quand déposer le dossier ?"
    answer: str = "Le dossier se dépose avant le 30 juin."
    filing: Filing = field(default_factory=lambda: {Facet.COULOIRS: frozenset({2})})


ENTRIES = st.builds(Entry, ANY_TEXT, ANY_TEXT, st.dictionaries(st.sampled_from(Facet), IDS))


def filed(entry: Entry) -> dict[Facet, frozenset[int]]:
    return {facet: entry.filing.get(facet, frozenset()) for facet in Facet}


@given(ENTRIES, ENTRIES)
def test_what_one_side_alone_changed_is_kept(base: Entry, changed: Entry) -> None:
    for theirs, mine in ((base, changed), (changed, base), (changed, changed)):
        merged = merge(base, theirs, mine)

        assert merged.conflicts == ()
        assert (merged.question.text, merged.answer.text) == (changed.question, changed.answer)
        assert {facet: terms.terms for facet, terms in merged.filing.items()} == filed(changed)


@given(ENTRIES, ENTRIES)
def test_who_changed_nothing_is_not_named(base: Entry, mine: Entry) -> None:
    assert merge(base, base, mine).changed_by(Side.THEIRS) == ()
    assert merge(base, mine, base).changed_by(Side.MINE) == ()


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_every_line_stands_in_one_hunk(base: str, theirs: str, mine: str) -> None:
    hunks = merge_text(base, theirs, mine).hunks

    assert [line for hunk in hunks for line in hunk.base] == split_lines(base)
    assert [line for hunk in hunks for line in hunk.theirs] == split_lines(theirs)
    assert [line for hunk in hunks for line in hunk.mine] == split_lines(mine)


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_the_sides_can_be_swapped(base: str, theirs: str, mine: str) -> None:
    merged, swapped = merge_text(base, theirs, mine), merge_text(base, mine, theirs)

    assert swapped == MergedText(tuple(replace(hunk, theirs=hunk.mine, mine=hunk.theirs) for hunk in merged.hunks))
    assert swapped.text == merged.text


@given(TEXTS, TEXTS, TEXTS)
def test_every_word_that_either_wrote_is_merged_or_asked_about(base: str, theirs: str, mine: str) -> None:
    merged = merge_text(base, theirs, mine)
    kept = words(line for hunk in merged.hunks if not hunk.conflict for line in hunk.merged)
    asked = words(line for hunk in merged.conflicts for line in (*hunk.theirs, *hunk.mine))

    assert words([theirs, mine]) - words([base]) <= kept | asked
    if merged.text is not None:
        assert words([merged.text]) == kept


def words(lines):
    return {word for line in lines for word in line.split()}


@dataclass(frozen=True)
class Edit:
    """The fate of one line of a base text, and who decided it."""

    line: str
    side: Side | None
    new: tuple[str, ...]

    def seen_by(self, side: Side) -> tuple[str, ...]:
        return self.new if self.side is side else (self.line,)


@st.composite
def edits_apart(draw: st.DrawFn) -> list[Edit]:
    """Draw edits of a text of distinct lines: between those of the two sides stands an untouched line."""
    edits: list[Edit] = []
    for number in range(draw(st.integers(1, 9))):
        before = edits[-1].side if edits else None
        side = draw(st.sampled_from([None, before] if before else [None, *Side]))
        line = f"Le cas {number} est prévu." if draw(st.booleans()) else f"Cas{number}"
        changed = [
            (),
            (f"Le cas {number} n’est pas prévu.",),
            (f"Autre{number}", "", f"Ajout{number}"),
            (line, f"Ajout{number}"),
        ]
        edits.append(Edit(line, side, draw(st.sampled_from(changed)) if side else (line,)))
        edits += [Edit("", None, ("",))] * draw(st.integers(0, 1))
    return edits


@given(edits_apart())
def test_changes_apart_are_merged(edits: list[Edit]) -> None:
    base = "\n".join(edit.line for edit in edits)
    theirs, mine = ("\n".join(line for edit in edits for line in edit.seen_by(side)) for side in Side)

    assert merge_text(base, theirs, mine).text == "\n".join(line for edit in edits for line in edit.new)


ANSWER = """Le dossier se dépose sur la plateforme en ligne.
Il doit être complet avant le 30 juin.
Joignez :
- une capture d'écran datée
- un compte rendu signé
Le support répond sous deux jours ouvrés."""


def test_rewordings_of_neighbouring_lines_are_merged() -> None:
    theirs = ANSWER.replace("30 juin", "30 septembre")
    mine = ANSWER.replace("se dépose", "est déposé").replace("Joignez", "Veuillez joindre")

    assert merge_text(ANSWER, theirs, mine).text == mine.replace("30 juin", "30 septembre")


def test_a_line_added_beside_a_reworded_one_is_merged() -> None:
    theirs = f"{ANSWER}\nIl ne répond pas le dimanche."
    mine = ANSWER.replace("deux jours", "trois jours")

    assert merge_text(ANSWER, theirs, mine).text == f"{mine}\nIl ne répond pas le dimanche."


def test_the_same_correction_by_both_is_merged_with_the_rest() -> None:
    corrected = ANSWER.replace("d'écran", "d’écran")
    theirs = corrected.replace("30 juin", "1er juillet")

    merged = merge_text(ANSWER, theirs, corrected)

    assert merged.text == theirs
    assert [hunk.changed_by for hunk in merged.hunks if hunk.changed_by] == [{Side.THEIRS}, set(Side)]


def test_two_wordings_of_one_line_are_a_conflict() -> None:
    theirs = ANSWER.replace("30 juin", "30 septembre").replace("compte rendu", "procès-verbal")
    mine = ANSWER.replace("30 juin", "15 juillet")

    merged = merge_text(ANSWER, theirs, mine)

    assert merged.text is None
    assert merged.conflicts == (
        Hunk(
            ("Il doit être complet avant le 30 juin.",),
            ("Il doit être complet avant le 30 septembre.",),
            ("Il doit être complet avant le 15 juillet.",),
        ),
    )
    kept = [line for hunk in merged.hunks if not hunk.conflict for line in hunk.merged]
    assert kept == [line for line in theirs.split("\n") if "complet" not in line]


def test_neighbouring_conflicts_are_one() -> None:
    theirs = ANSWER.replace("datée", "récente").replace("signé", "daté")
    mine = ANSWER.replace("datée", "lisible").replace("signé", "paraphé")

    [conflict] = merge_text(ANSWER, theirs, mine).conflicts

    assert conflict.mine == ("- une capture d'écran lisible", "- un compte rendu paraphé")


CONFLICTS = {
    "two additions at one place": ("un\ndeux", "un\ntrois\ndeux", "un\nquatre\ndeux"),
    "removed and reworded": ("Le dossier est complet.\nFin", "Fin", "Le dossier reste complet.\nFin"),
    "moved and reworded": ("Il est complet.\nUn\nDeux", "Un\nDeux\nIl est complet.", "Il reste complet.\nUn\nDeux"),
    "added beside a removed one": ("Un\n\nDeux", "Un\n\nTrois\n\nDeux", "Un\n"),
    "two first texts": ("", "un", "deux"),
    "spaces alone": ("Qui paie ?", "Qui paie\u00a0?", "Qui paie\u202f?"),
}


@pytest.mark.parametrize(("base", "theirs", "mine"), CONFLICTS.values(), ids=CONFLICTS)
def test_conflict(base: str, theirs: str, mine: str) -> None:
    merged = merge_text(base, theirs, mine)
    [conflict] = merged.conflicts

    assert merged.text is None
    with pytest.raises(ValueError, match="decide"):
        _ = conflict.merged


def test_who_changed_what_can_be_told() -> None:
    base = Entry()
    theirs = replace(base, answer="Le dossier se dépose avant le 30 septembre.")
    mine = replace(base, filing={Facet.COULOIRS: frozenset({2, 3}), Facet.THEMES: frozenset({7})})

    merged = merge(base, theirs, mine)

    assert merged.conflicts == ()
    assert merged.answer.text == theirs.answer
    assert merged.filing[Facet.COULOIRS].terms == {2, 3}
    assert merged.changed_by(Side.THEIRS) == ("answer",)
    assert merged.changed_by(Side.MINE) == ("couloirs", "themes")


def test_conflicts_name_their_fields() -> None:
    base = Entry()
    theirs = Entry("Où déposer le dossier ?", base.answer, {Facet.COULOIRS: frozenset()})
    mine = Entry("Comment déposer le dossier ?", "Avant juin.", {Facet.COULOIRS: frozenset({2, 3})})

    merged = merge(base, theirs, mine)

    assert merged.conflicts == ("question", "couloirs")
    assert merged.answer.text == "Avant juin."


TERMS = {
    "both added": ({1}, {1, 2}, {1, 3}, {1, 2, 3}),
    "added and removed": ({1, 2}, {1}, {1, 2, 3}, {1, 3}),
    "both replaced": ({1}, {2}, {3}, {2, 3}),
    "both removed the same": ({1, 2}, {2}, {2, 3}, {2, 3}),
    "both narrowed from all": (set(), {1}, {2}, {1, 2}),
    "both opened to all": ({1}, set(), set(), set()),
    "theirs opened to all": ({1}, set(), {1}, set()),
    "nothing": (set(), set(), set(), set()),
    "opened to all and widened": ({1}, set(), {1, 2}, None),
    "opened to all and narrowed": ({1, 2}, {1}, set(), None),
    "each removed another": ({1, 2}, {1}, {2}, None),
}


@pytest.mark.parametrize(("base", "theirs", "mine", "expected"), TERMS.values(), ids=TERMS)
def test_terms(base: set[int], theirs: set[int], mine: set[int], expected: set[int] | None) -> None:
    merged = MergedTerms(frozenset(base), frozenset(theirs), frozenset(mine))

    assert merged.terms == expected
    assert merged.conflict is (expected is None)


@given(IDS, IDS, IDS)
def test_terms_are_never_opened_to_all_unasked(base: frozenset[int], theirs: frozenset[int], mine: frozenset[int]):
    merged = MergedTerms(base, theirs, mine)

    assert merged.terms == MergedTerms(base, mine, theirs).terms
    if merged.terms is not None:
        assert (theirs | mine) - base <= merged.terms
        assert not merged.terms & ((base - theirs) | (base - mine))
        assert merged.terms or not (theirs and mine)


HEAD = "| Profil | Délai |\n|---|---|"


def test_rows_of_a_table_that_two_editors_change_are_both_kept() -> None:
    base = f"{HEAD}\n| Officine | 3 jours |\n| Médecin | 5 jours |\n| Hôpital | 9 jours |"
    theirs = base.replace("3 jours", "4 jours")
    mine = base.replace("9 jours", "10 jours") + "\n| Dentiste | 2 jours |"

    assert merge_text(base, theirs, mine).text == mine.replace("3 jours", "4 jours")


def test_tables_of_two_texts_stand_side_by_side_whole() -> None:
    one = f"Les délais :\n{HEAD}\n| Officine | 3 jours |\n| Médecin | 5 jours |"
    other = f"Les délais :\n{HEAD}\n| Hôpital | 9 jours |"
    table, other_table = one.split("\n", 1)[1], other.split("\n", 1)[1]

    assert combine_texts(one, other) == f"Les délais :\n{table}\n\n{other_table}"
    assert combine_texts(one, one) == one


@pytest.mark.parametrize(("number", "asked"), [(MAX_CONFLICTS, MAX_CONFLICTS), (MAX_CONFLICTS + 1, 1)])
def test_more_conflicts_than_anybody_would_decide_are_one(number: int, asked: int) -> None:
    base, theirs, mine = (
        "\n".join(["début", *(f"{side} délai {at} de la demande\n-" for at in range(number)), "fin"])
        for side in ("le", "leur", "mon")
    )
    merged = merge_text(base, theirs, mine)

    assert len(merged.conflicts) == asked
    assert (merged.hunks[0].merged, merged.hunks[-1].mine[-1]) == (("début",), "fin")
    for side, text in (("base", base), ("theirs", theirs), ("mine", mine)):
        assert "\n".join(line for hunk in merged.hunks for line in getattr(hunk, side)) == text
