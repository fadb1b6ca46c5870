"""Personal data is masked before anything is stored; nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq.domain.personal_data import mask_personal_data

MAIL, PHONE, NIR, RPPS, CARD, ACCOUNT = (
    "[adresse électronique]",
    "[téléphone]",
    "[NIR]",
    "[RPPS]",
    "[carte bancaire]",
    "[compte bancaire]",
)
GAPS = st.sampled_from(["", " ", ".", "-", "\u00a0", "\u202f"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("écrire à jeanne.durand+ins@exemple-sante.fr", f"écrire à {MAIL}"),
        ("jeanne [at] exemple.fr", MAIL),
        ("mon numéro 06 12 34 56 78, merci", f"mon numéro {PHONE}, merci"),
        ("06.12.34.56.78 ou 01-23-45-67-89", f"{PHONE} ou {PHONE}"),
        ("+33612345678", PHONE),
        ("+33 6 12 34 56 78", PHONE),
        ("+33 (0)6 12 34 56 78", PHONE),
        ("0033 6 12 34 56 78", PHONE),
        ("0800 123 456", PHONE),
        ("+32 470 12 34 56", PHONE),
        ("185057800608436", NIR),
        ("1 85 05 78 006 084 36", NIR),
        ("2850578006084", NIR),
        ("2 85 05 2A 006 084 42", NIR),
        ("285052b00608415", NIR),
        *((f"185{month}7800608436", NIR) for month in ("01", "12", "20", "42", "50", "99")),
        ("RPPS 10003456789", f"RPPS {RPPS}"),
        ("médecin 10003456786", f"médecin {RPPS}"),
        ("médecin 810003456786", f"médecin {RPPS}"),
        ("adeli : 759312345", f"adeli : {RPPS}"),
        ("4539 5787 6362 1486", CARD),
        ("FR76 3000 6000 0112 3456 7890 189", ACCOUNT),
        ("FR76 3000 6000 0112 AB56 7890 188", "FR76 3000 6000 0112 AB56 7890 188"),  # a wrong key
    ],
)
def test_what_tells_who_somebody_is_does_not_stay(text, expected):
    assert mask_personal_data(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "erreur 905",
        "erreur 0000012345",
        "version 2.1.3 du 12/03/2024 à 12:30",
        "le 01/02/2024 12 h",
        "01.02.2024 12:30",
        "2024-01-02-03-04-05",
        "SIRET 73282932000074",
        "FINESS 750712184",
        "20 000 000 €",
        "10 000 000 000 euros",
        "OID 1.2.250.1.213.1.4.8",
        "ISO 27001:2022, LOINC 2345-7, FHIR R4",
        "commande 12345678901",
        *(f"commande 185{month}7800608436" for month in ("00", "13", "19", "43", "49")),
        "fiche Q-214, vague 2, 60 jours",
        "port 8080 de 192.168.10.12",
        "code EAN 9781234567897",
        "4539 5787 6362 1487",
        "appelez le 3646",
        "@ans_sante",
    ],
)
def test_what_a_question_is_about_stays(text):
    assert mask_personal_data(text) == text


@given(
    st.sampled_from("12"), st.integers(0, 99), st.integers(1, 12), st.integers(1, 95), st.integers(1, 999),
    st.integers(1, 999), GAPS, st.booleans(),
)  # fmt: skip
def test_every_social_security_number_is_masked(sex, year, month, department, town, rank, gap, with_key):
    parts = [sex, f"{year:02}", f"{month:02}", f"{department:02}", f"{town:03}", f"{rank:03}"]
    key = 97 - int("".join(parts)) % 97
    number = gap.join([*parts, f"{key:02}"] if with_key else parts)
    assert mask_personal_data(f"le patient {number} n’a pas d’INS") == f"le patient {NIR} n’a pas d’INS"


@given(
    st.integers(1, 9), st.lists(st.integers(0, 99), min_size=4, max_size=4), GAPS, st.sampled_from(["0", "+33", "0033"])
)
def test_every_french_telephone_number_is_masked(first, pairs, gap, prefix):
    number = gap.join(
        [f"{prefix}{first}" if prefix == "0" else f"{prefix}{gap}{first}", *(f"{two:02}" for two in pairs)]
    )
    assert mask_personal_data(f"appelez {number} vite") == f"appelez {PHONE} vite"


@given(st.text(alphabet="0123456789 .-+@ab/:[]RPPSfr", max_size=60))
def test_masking_twice_changes_nothing_more(text):
    assert mask_personal_data(mask_personal_data(text)) == mask_personal_data(text)


@given(
    st.text(alphabet=st.characters(exclude_categories=("Nd", "Nl", "No")), max_size=80).filter(
        lambda text: "@" not in text and "at" not in text.lower() and "arobase" not in text.lower()
    )
)
def test_words_stay(text):
    assert mask_personal_data(text) == text
