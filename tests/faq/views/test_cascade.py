"""The page of the cascade: what it shows in a state, and what it makes of any address."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from faq.models import Couloir, Epoch, Theme
from faq.services.workflow import archive_entry
from tests.factories import a_published_entry, a_taxonomy, by_command, numbers, some_published_entries
from tests.faq.views.reading import read

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _taxonomy():
    a_taxonomy()


@pytest.fixture
def hospital_and_imaging():
    """One answer of the hospital's, two of the imaging's, one for everybody."""
    return [
        a_published_entry("Qui à l’hôpital ?", "L’hôpital.", couloirs="hopital"),
        a_published_entry("Qui en imagerie ?", "L’imagerie.", couloirs="imagerie", themes="certificats"),
        a_published_entry("Quoi en imagerie ?", "Des images.", couloirs="imagerie", themes="financement"),
        a_published_entry("Pour tous ?", "Pour tous."),
    ]


def options(page, parameter):
    return [(option.slug, option.count) for option in page.questions[parameter]]


def test_the_questions_count_their_answers(client, hospital_and_imaging):
    page = read(client, "/")
    assert page.count == 4
    assert options(page, "couloir") == [("", 4), ("hopital", 2), ("imagerie", 3)]
    assert options(page, "theme") == [("", 4), ("certificats", 3), ("financement", 3)]
    assert [option.text for option in page.questions["couloir"]] == [
        "Tous les couloirs (4)",
        "Hôpital (2)",
        "Imagerie (3)",
    ]
    assert "Votre question concerne quel type d’offre\u00a0?" in page.text


def test_a_question_that_no_longer_divides_or_means_anything_is_skipped(client, hospital_and_imaging):
    page = read(client, "/?offre=certification")
    assert page.count == 1
    assert list(page.questions) == ["offre"]
    assert list(read(client, "/?couloir=imagerie").questions) == ["offre", "couloir", "theme"]


def test_answers_of_a_state_in_the_order_of_their_numbers(client, hospital_and_imaging):
    _, first, second, transverse = numbers(hospital_and_imaging)
    assert read(client, "/?offre=segur&couloir=imagerie").numbers == [first, second, transverse]


def test_an_answer_under_two_terms_is_listed_and_counted_once(client):
    entry = a_published_entry(couloirs="hopital imagerie", products="convergence", themes="certificats financement")
    page = read(client, "/?offre=segur")
    assert (page.count, page.numbers) == (1, [entry.pk])


def test_an_answer_stands_in_the_list_with_its_filing_address_and_anchor(client):
    entry = a_published_entry("Où ?", "Voir www.esante.fr\n- ici\n- là", dispositifs="dpi-vague-1")
    html = client.get("/").content.decode()
    assert f'id="fiche-{entry.pk}"' in html
    assert "<ul>\n<li>ici</li>" in html
    assert 'href="https://www.esante.fr"' in html
    assert "Ségur du numérique · Hôpital · DPI vague 1" in html
    assert read(client, "/").links[entry.get_absolute_url()] == f"Fiche Q-{entry.pk}"


@pytest.mark.every_database
def test_a_renamed_term_shows_its_present_name_on_answers_filed_before(client, hospital_and_imaging):
    Couloir.objects.filter(slug="hopital").update(label="Établissements")
    Epoch.move()
    text = read(client, "/?couloir=hopital").text
    assert "Ségur du numérique · Établissements" in text
    assert "Hôpital" not in text


def test_choices_can_be_taken_back(client, hospital_and_imaging):
    page = read(client, "/?offre=segur&couloir=hopital")
    assert page.links["/?couloir=hopital"] == "Retirer le filtre Ségur du numérique"
    assert page.links["/?offre=segur"] == "Retirer le filtre Hôpital"
    selected = [option.slug for shown in page.questions.values() for option in shown if option.selected]
    assert selected == ["segur", "hopital"]


def test_a_choice_that_leads_nowhere_stays_visible_and_can_be_taken_back(client, hospital_and_imaging):
    everywhere = hospital_and_imaging[-1]
    archive_entry(everywhere.pk, by_command())
    page = read(client, "/?couloir=hopital&theme=financement&offre=segur")
    assert page.count == 1
    archive_entry(hospital_and_imaging[0].pk, by_command())
    page = read(client, "/?couloir=hopital&theme=financement")
    assert (page.count, page.numbers) == (0, [])
    assert ("hopital", 0) in options(page, "couloir")
    assert "Aucune réponse ne correspond à tous vos choix à la fois." in page.text
    assert "retirer «\u00a0Hôpital\u00a0» (1\u00a0réponse)" in " ".join(page.text.split(" "))
    assert read(client, "/?theme=financement").count == 1


def test_an_empty_faq_says_so(client):
    page = read(client, "/")
    assert (page.count, page.questions) == (0, {})
    assert "La FAQ n’a pas encore de réponse en ligne." in page.text


def test_before_anything_was_ever_published(client):
    Epoch.objects.all().delete()
    assert read(client, "/").count == 0


class TestPages:
    @pytest.fixture(autouse=True)
    def entries(self):
        return some_published_entries(25, couloirs="hopital")

    def test_ten_answers_a_page_and_the_filters_stay(self, client, entries):
        first = read(client, "/?couloir=hopital")
        assert first.numbers == numbers(entries[:10])
        assert first.links["/?couloir=hopital&page=3"] == "3"
        assert first.links["/?couloir=hopital&page=2"] == "2Page suivante"
        last = read(client, "/?couloir=hopital&page=3")
        assert last.numbers == numbers(entries[20:])
        assert "page 3 sur 3" in last.status
        assert last.count == 25
        assert last.canonical == "http://testserver/?couloir=hopital&page=3"
        assert "/?couloir=hopital" in last.links

    @pytest.mark.parametrize(
        ("wanted", "shown"),
        [("0", 1), ("-1", 1), ("", 1), ("abc", 1), ("²", 1), ("٣", 1), ("1.5", 1), ("4", 3), ("9" * 5000, 3)],
    )
    def test_any_page_number_leads_to_the_nearest_page(self, client, wanted, shown):
        page = read(client, f"/?page={wanted}")
        suffix = f"?page={shown}" if shown > 1 else ""
        assert page.canonical == f"http://testserver/{suffix}"
        assert page.numbers

    def test_the_number_of_queries_depends_on_nothing(self, client):
        client.get("/")
        small = queries_of(client, "/?offre=segur&page=3")
        for number in range(60):
            Theme.objects.create(slug=f"theme-{number}", name=f"thème {number}")
        Epoch.move()
        for number in range(40):
            a_published_entry(f"Et {number} ?", f"Oui, {number}.", couloirs="hopital", themes=f"theme-{number}")
        client.get("/")
        large = queries_of(client, "/?offre=segur&page=3")
        assert len(small) == len(large) == 2, large


def queries_of(client, address):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return [query["sql"] for query in captured]


class TestAnyAddress:
    @pytest.fixture(autouse=True)
    def entries(self, hospital_and_imaging):
        return hospital_and_imaging

    @pytest.mark.parametrize(
        "query",
        [
            "offre=" + "x" * 10_000,
            "offre=%00&couloir=%00",
            "offre=%ff%fe&theme=%ED%A0%80",
            "offre=segur&offre=segur&offre=",
            "page=%00&page=%ff",
            "%=%&=&;;&offre",
            "offre[]=segur&offre.x=1",
            "theme=%3Cscript%3Ealert(1)%3C/script%3E",
            "q=" + "%F0%9F%98%80" * 500,
        ],
    )
    def test_is_answered(self, client, query):
        page = read(client, f"/?{query}")
        assert page.canonical == "http://testserver/"
        assert "alert(1)" not in page.html

    def test_unknown_values_are_told(self, client):
        page = read(client, "/?offre=inconnue&couloir=hopital")
        assert page.count == 2
        assert "Un filtre de l’adresse est inconnu (type d’offre)\u00a0: il est ignoré." in page.status

    def test_choices_that_do_not_fit_are_dropped_and_told(self, client):
        page = read(client, "/?offre=certification&couloir=hopital")
        assert page.canonical == "http://testserver/?offre=certification"
        assert "«\u00a0Hôpital\u00a0» (couloir Ségur) ne relève pas de «\u00a0Certification\u00a0»" in page.status

    @pytest.mark.every_database
    def test_retired_terms_are_told(self, client):
        Couloir.objects.filter(slug="imagerie").update(retired=True)
        Epoch.move()
        page = read(client, "/?couloir=imagerie")
        assert page.count == 4
        assert "«\u00a0Imagerie\u00a0» (couloir Ségur) n’est plus proposé" in page.status
        assert "imagerie" not in [option.slug for option in page.questions["couloir"]]

    def test_the_canonical_address_has_the_questions_order_and_no_empty_parameter(self, client):
        page = read(client, "/?theme=certificats&couloir=imagerie&dispositif=&offre=segur&page=1&utm=x")
        assert page.canonical == "http://testserver/?offre=segur&couloir=imagerie&theme=certificats"

    def test_a_former_slug_redirects_for_good_and_keeps_the_rest(self, client):
        Couloir.objects.filter(slug="hopital").update(slug="etablissements", old_slugs=["hopital"])
        Epoch.move()
        response = client.get("/?theme=certificats&couloir=hopital&page=2&autre=%C3%A9&autre=2")
        assert response.status_code == 301
        assert response["Location"] == "/?theme=certificats&couloir=etablissements&page=2&autre=%C3%A9&autre=2"
        assert "no-cache" in response["Cache-Control"]
        assert client.get(response["Location"]).status_code == 200

    def test_too_many_parameters_are_refused_in_french(self, client):
        response = client.get("/?" + "&".join(f"a{number}=1" for number in range(2_000)))
        assert response.status_code == 400
        assert "Demande illisible" in response.content.decode()

    def test_only_reading_is_allowed(self, client):
        assert client.post("/").status_code == 405
        assert client.head("/").status_code == 200


class TestSamePageForEverybody:
    def test_no_cookie_no_token_no_variation(self, client, hospital_and_imaging):
        response = client.get("/?couloir=imagerie")
        assert not response.cookies
        assert response["Vary"] == "Accept-Encoding"
        assert "csrf" not in response.content.decode().lower()
        assert response["Cache-Control"] == "public, no-cache"

    def test_an_unchanged_page_is_not_sent_again(self, client, hospital_and_imaging):
        etag = client.get("/")["ETag"]
        assert client.get("/", headers={"If-None-Match": etag}).status_code == 304
        a_published_entry("Encore ?", "Oui.")
        assert client.get("/", headers={"If-None-Match": etag}).status_code == 200

    def test_nothing_inline_and_nothing_from_elsewhere(self, client, hospital_and_imaging):
        response = client.get("/")
        policy = response["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        html = response.content.decode()
        assert " style=" not in html
        assert " onclick=" not in html
        assert "<script>" not in html
