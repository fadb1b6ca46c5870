"""Which part of the FAQ a filter keeps, and the file that tells a past state."""

import json
from datetime import UTC, datetime

import pytest

from faq.domain.facets import Facet, Taxonomy, Term
from faq.domain.past import ImpossibleFilter, Part, PastAnswer, choose, json_file

SEGUR = Term(1, Facet.OFFER_TYPES, "segur", "Ségur")
CERTIFICATION = Term(2, Facet.OFFER_TYPES, "certification", "Certification")
HOSPITAL = Term(1, Facet.COULOIRS, "hopital", "Hôpital", frozenset({1}), old_slugs=("hopitaux", "segur"))
IMAGING = Term(2, Facet.COULOIRS, "imagerie", "Imagerie", frozenset({1}), retired=True)
TAXONOMY = Taxonomy((SEGUR, CERTIFICATION, HOSPITAL, IMAGING))
INSTANT = datetime(2026, 3, 12, 14, 30, tzinfo=UTC)


def filed(*ids):
    return {"couloirs": [{"id": id, "slug": f"c{id}", "label": f"C{id}"} for id in ids]}


def an_answer(number, **fields):
    details = {"question": "Où ?", "answer": "Là.\n« \\ »", "filing": filed(1), "address": f"/fiche/{number}-ou/"}
    return PastAnswer(reference=f"Q-{number}", version=2, live_from=INSTANT, **details | fields)


def the_file(*answers, part=None):
    return json.loads(b"".join(json_file(INSTANT, part or Part(), iter(answers))))


class TestTheFilter:
    @pytest.mark.parametrize(("ids", "kept"), [((1,), True), ((2,), False), ((2, 1), True), ((), True)])
    def test_keeps_what_is_filed_under_the_term_or_under_none(self, ids, kept):
        part = Part({Facet.COULOIRS: HOSPITAL})
        assert part.holds(filed(*ids)) is kept
        assert Part().holds(filed(*ids))

    def test_every_term_must_be_concerned(self):
        part = Part({Facet.OFFER_TYPES: SEGUR, Facet.COULOIRS: HOSPITAL})
        elsewhere = {"offer_types": [{"id": 2, "slug": "certification", "label": "Certification"}]}
        assert part.holds(filed(1))
        assert not part.holds(filed(1) | elsewhere)

    def test_is_chosen_by_present_former_and_retired_slugs(self):
        assert choose({Facet.COULOIRS: "hopitaux"}, TAXONOMY) == {Facet.COULOIRS: HOSPITAL}
        assert choose({Facet.OFFER_TYPES: "segur", Facet.COULOIRS: "imagerie"}, TAXONOMY) == {
            Facet.OFFER_TYPES: SEGUR,
            Facet.COULOIRS: IMAGING,
        }

    @pytest.mark.parametrize(
        ("slug", "advice"),
        [
            ("hopitall", "Au plus près : hopital."),
            ("HOPITAL", "Possibles : hopital, imagerie."),
            ("", "Possibles : hopital, imagerie."),
        ],
    )
    def test_names_what_an_unknown_slug_could_have_been(self, slug, advice):
        with pytest.raises(ImpossibleFilter) as refusal:
            choose({Facet.COULOIRS: slug}, TAXONOMY)
        assert str(refusal.value) == f"« {slug} » est inconnu (couloir Ségur). {advice}"
        assert refusal.value.facet is Facet.COULOIRS

    def test_says_so_where_a_facet_has_no_terms(self):
        with pytest.raises(ImpossibleFilter, match="Il n’en existe encore aucun"):
            choose({Facet.THEMES: "x"}, TAXONOMY)

    def test_refuses_terms_that_exclude_each_other(self):
        with pytest.raises(ImpossibleFilter, match=r"« Hôpital » .*ne relève pas de « Certification »"):
            choose({Facet.OFFER_TYPES: "certification", Facet.COULOIRS: "hopital"}, TAXONOMY)


class TestTheFile:
    def test_tells_instant_filter_entries_and_count(self):
        part = Part({Facet.COULOIRS: HOSPITAL}, "Q-3")
        file = the_file(an_answer(3), part=part)
        assert list(file) == ["instant", "filter", "entries", "count"]
        assert file["instant"] == "2026-03-12T14:30:00+00:00"
        assert file["filter"] == {
            "entry": "Q-3",
            "offer_types": None,
            "couloirs": {"id": 1, "slug": "hopital", "label": "Hôpital"},
            "dispositifs": None,
            "products": None,
            "themes": None,
        }
        assert file["entries"] == [
            {
                "reference": "Q-3",
                "version": 2,
                "question": "Où ?",
                "answer": "Là.\n« \\ »",
                "filing": filed(1),
                "live_from": "2026-03-12T14:30:00+00:00",
                "address": "/fiche/3-ou/",
            }
        ]
        assert file["count"] == 1

    @pytest.mark.parametrize("number", [0, 1, 2, 30])
    def test_has_one_line_per_entry(self, number):
        pieces = list(json_file(INSTANT, Part(), (an_answer(rank) for rank in range(number))))
        file = json.loads(b"".join(pieces))
        assert file["count"] == len(file["entries"]) == number
        assert b"".join(pieces).count(b"\n{") == number

    def test_is_given_while_it_is_read(self):
        def endless():
            yield an_answer(1)
            raise AssertionError("read too far ahead")

        pieces = json_file(INSTANT, Part(), endless())
        assert "Q-1" in [next(pieces), next(pieces), next(pieces)][-1].decode()
