"""Personal data is masked before anything is stored; nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faq.domain.personal_data import mask_personal_data

MAIL, PHONE, NIR, RPPS, CARD, ACCOUNT, FINESS, NAME, BIRTH, ADDRESS = (
    "[adresse électronique]",
    "[téléphone]",
    "[NIR]",
    "[RPPS]",
    "[carte bancaire]",
    "[compte bancaire]",
    "[FINESS]",
    "[nom]",
    "[date de naissance]",
    "[adresse postale]",
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


class TestSpellings:
    @pytest.mark.parametrize(
        "address",
        [
            "rose.petit @ exemple.fr",
            "rose.petit(a)exemple.fr",
            "rose.petit (arobase) exemple (point) fr",
            "rose.petit arobase exemple point fr",
            "rose point petit arobase exemple point fr",
            "rose.petit AT exemple DOT fr",
            "rose_petit_at_exemple.fr",
            "rose.petit＠exemple.fr",
            "rose.petit&#64;exemple.fr",
            "rose.petit@exemple,fr",
            "rose.petit@poste-12",
            "rose.petit@@exemple.fr",
            "rose.petit@\nexemple.fr",
            "rose.petit\n@exemple.fr",
            "rose.petit chez exemple point fr",
            "rose point petit chez exemple.fr",
            '"rose petit"@exemple.fr',
            "« rose petit »@exemple.fr",
        ],
    )
    def test_of_an_address_of_mail(self, address):
        assert mask_personal_data(f"écrivez à {address} demain") == f"écrivez à {MAIL} demain"

    @pytest.mark.parametrize(
        "number",
        [
            "06/41/52/63/74",
            "06–41–52–63–74",
            "06|41|52|63|74",
            *(f"06{dash}41{dash}52{dash}63{dash}74" for dash in "\u2212\u2796\u301c\u2043\ufe58"),
            "06\u2796\ufe0f41\u2796\ufe0f52\u2796\ufe0f63\u2796\ufe0f74",
            "06.41-52/63 74",
            "06\n41\n52\n63\n74",
            "06 41\r\n52 63 74",
            "O6 41 52 63 74",
            "o6.41.52.63.74",
            "06:41:52:63:74",
            "06*41*52*63*74",
            "06 . 41 . 52 . 63 . 74",
            "06, 41, 52, 63, 74",
            "0 6 4 1 5 2 6 3 7 4",
            "06\u200b41\u200b52\u200b63\u200b74",
            "０６ ４１ ５２ ６３ ７４",
            "06 4152 6374",
            "(06) 41 52 63 74",
            "(0)6 41 52 63 74",
            "(+33) 6 41 52 63 74",
            "+33 (0) 641 52 63 74",
            "+33.6.41.52.63.74",
            "33 6 41 52 63 74",
            "0692 41 52 63",
            "+262 692 41 52 63",
            "+687 41.52.63",
            "+1 (514) 555-0163",
            "+44 20 7946 0163",
            "zéro six quarante et un cinquante-deux soixante-trois soixante-quatorze",
        ],
    )
    def test_of_a_telephone_number(self, number):
        assert mask_personal_data(f"rappelez le {number} svp") == f"rappelez le {PHONE} svp"

    @pytest.mark.parametrize(
        "number",
        [
            "1/85/05/78/006/084/36",
            "1_85_05_78_006_084_36",
            "1.85.05.78.006.084.36",
            "1 85 05 78 006 084 - 36",
            "1850578006084 clé 36",
            "1850578006084 clé 91",
            "1 85 05 78 006 084, clef : 36",
        ],
    )
    def test_of_a_social_security_number(self, number):
        assert mask_personal_data(f"mère, {number}, inconnue") == f"mère, {NIR}, inconnue"

    @pytest.mark.parametrize("number", ["10.003.456.786", "10 003 456 786", "1 0 0 0 3 4 5 6 7 8 6", "10-003-456-786"])
    def test_of_a_number_of_a_professional(self, number):
        assert mask_personal_data(f"kiné {number} absent") == f"kiné {RPPS} absent"

    @pytest.mark.parametrize("number", ["4539-5787-6362-1486", "4539/5787/6362/1486", "4539.5787.6362.1486"])
    def test_of_a_bank_card(self, number):
        assert mask_personal_data(f"réglé par {number} hier") == f"réglé par {CARD} hier"

    @pytest.mark.parametrize("number", ["FR76-3000-6000-0112-3456-7890-189", "fr7630006000011234567890189"])
    def test_of_an_account(self, number):
        assert mask_personal_data(f"virement sur {number} svp") == f"virement sur {ACCOUNT} svp"


class TestContext:
    @pytest.mark.parametrize(
        "text",
        [
            "code CIP 3400934567895",
            "exigences 01 03 04 05 08",
            "01 02 04 05 07 manquent",
            "lots 06 41 52 63 74 testés",
            "https://exemple.fr/liste?ct=1686123177579",
            "https://exemple.fr/0641526374/notice",
            "annexe_0641526374.pdf illisible",
            "capture-06.41.52.63.74.png",
            "enveloppe de 10 000 000 000 €",
            "ticket 0641526374",
            "SIREN 732 829 320",
            "référence 10003456786",
            "taux 0,641526374",
            "serveur 10.112.13.14",
            "OID 1.2.250.1.213.1.1.99.5",
            "SIRET 732 829 320 00074",
            "le SIRET de la maison de santé est le 732 829 320 00074",
            "CIP 34009 3456789 5",
            "FINESS 0641526374",
            "CCAM 0641526374",
            "Q-0641526374",
            "INC-0641526374",
            "RDV0641526374",
            "commande O641526374",
            "06\n41\n52\n63\n74\n85\n96",
            "sous-traitant chez exemple point fr",
            "version v2.1 chez exemple.fr",
        ],
    )
    def test_a_number_that_something_else_explains_stays(self, text):
        assert mask_personal_data(text) == text

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("téléphone du dossier 06 41 52 63 74", f"téléphone du dossier {PHONE}"),
            ("https://exemple.fr/x?tel=0641526374", f"https://exemple.fr/x?tel={PHONE}"),
            ("tel0641526374", f"tel{PHONE}"),
            ("T0641526374.", f"T{PHONE}."),
            ("CIP inconnu, mon numéro : 0800 123 456", f"CIP inconnu, mon numéro : {PHONE}"),
            ("EAN absent, appelez 06 41 52 63 74", f"EAN absent, appelez {PHONE}"),
            ("à0641526374", f"à{PHONE}"),
            ("tel-0641526374", f"tel-{PHONE}"),
            ("06.41-52/63 74", PHONE),
            ("SIRET 732 829 320 00074 06 41 52 63 74", f"SIRET 732 829 320 00074 {PHONE}"),
            ("SIRET et téléphone 0641526374", f"SIRET et téléphone {PHONE}"),
            ("FINESS ou adeli 759312345", f"FINESS ou adeli {RPPS}"),
            ("tél : 6 41 52 63 74", f"tél : {PHONE}"),
            ("n° RPPS : 10003456780", f"n° RPPS : {RPPS}"),
            ("adeli 75 93 1234 5", f"adeli {RPPS}"),
            ("carte visa 4539 5787 6362 1487", f"carte visa {CARD}"),
            ("IBAN FR76 3000 6000 0112 3456 7890 180", f"IBAN {ACCOUNT}"),
            ("0641526374/0741526374", f"{PHONE}/{PHONE}"),
        ],
    )
    def test_a_number_that_is_announced_goes(self, text, expected):
        assert mask_personal_data(text) == expected

    def test_numbers_of_establishments_go_where_asked_for(self):
        text = "établissement FINESS 75 071 2184 fermé"
        assert mask_personal_data(text) == text
        assert mask_personal_data(text, finess=True) == f"établissement FINESS {FINESS} fermé"


class TestPeople:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("je m’appelle Rose Petit-Jean, sage-femme", f"je m’appelle {NAME}, sage-femme"),
            ("je m appelle rose petit et je suis bloquée", f"je m appelle {NAME} et je suis bloquée"),
            ("Dr Petit absent", f"Dr {NAME} absent"),
            ("M. Jean de La Tour demande", f"M. {NAME} demande"),
            ("Mme Le Bihan attend", f"Mme {NAME} attend"),
            ("mme bihan attend", f"mme {NAME} attend"),
            ("le patient BIHAN Rose n’a rien", f"le patient {NAME} n’a rien"),
            ("Mme N’Guyen attend", f"Mme {NAME} attend"),
            ("M. d’Azur attend", f"M. {NAME} attend"),
            ("née en avril 1951", f"née en {BIRTH}"),
            ("Né le : 03/04/1951", f"Né le : {BIRTH}"),
            ("patiente : da Costa", f"patiente : {NAME}"),
            ("ma fille Rose n’a rien", f"ma fille {NAME} n’a rien"),
            ("née le 03/04/1951", f"née le {BIRTH}"),
            ("né(e) le 3 avril 1951", f"né(e) le {BIRTH}"),
            ("DDN : 03.04.51", f"DDN : {BIRTH}"),
            ("date de naissance du patient : 1951-04-03", f"date de naissance du patient : {BIRTH}"),
            ("j’habite 12 bis, rue des Lilas, 75020 Paris", f"j’habite {ADDRESS} Paris"),
            ("adresse : 3 place Rose Petit", f"adresse : {ADDRESS}"),
            ("domicilié 3 chemin des près", f"domicilié {ADDRESS}"),
        ],
    )
    def test_what_is_said_of_somebody_goes(self, text, expected):
        assert mask_personal_data(text) == expected

    @pytest.mark.parametrize(
        "text",
        [
            "Dr Santé est-il référencé ?",
            "le module Dr Plume",
            "M. le directeur et Mme la présidente",
            "Madame, Monsieur, merci",
            "le patient qualifié",
            "patient INS et ressource Patient FHIR",
            "je m’appelle comment dans l’annuaire",
            "date de naissance obligatoire depuis le 03/04/2024",
            "né le besoin",
            "3 places restantes, 2 cours, 1 rue",
        ],
    )
    def test_products_functions_and_other_dates_stay(self, text):
        assert mask_personal_data(text) == text


WORDS = st.sampled_from(
    "Dr M. Mme patient né le je m’appelle nom : , / - + ( ) @ (a) . Durand Rose version lot tél RPPS "
    "adeli NIR INS carte "
    "IBAN FR76 3000 6 06 12 34 56 78 0612345678 10003456786 185057800608436 4539578763621486 33 "
    "12/03/1962 rue de zéro six "
    "exemple.fr rose.petit [nom] [téléphone] ; \n € https://a.fr/x?tel=".split(" ")
)


@given(st.lists(st.tuples(WORDS, st.sampled_from(["", " "])), max_size=25))
def test_masking_remarks_twice_changes_nothing_more(words):
    masked = mask_personal_data("".join(word + space for word, space in words), finess=True)
    assert mask_personal_data(masked, finess=True) == masked


@given(st.lists(WORDS, max_size=10), st.sampled_from(["[nom]", "[NIR]", "[adresse électronique]"]))
def test_a_mask_is_never_cut(words, mask):
    assert mask_personal_data(f"{' '.join(words)} {mask} {' '.join(words)}").count(mask) >= 1


@pytest.mark.parametrize("letter", "İıſ\u212a")
def test_a_letter_that_only_case_makes_one_of_an_account_number_is_read(letter):
    for text in (f"FR76 3000 6000 0112 3456 7890 {letter}89", f"30006 00001 1234567890{letter} 89"):
        assert mask_personal_data(text) == text
        assert mask_personal_data(f"Mon RIB : {text}") != f"Mon RIB : {text}"
