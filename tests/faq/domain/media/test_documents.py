"""Documents: what could act or hide in them is refused, the rest comes out without metadata."""

import io
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, NameObject, NumberObject, StreamObject

from faq.domain.limits import DOCUMENT_MAX_BYTES, DOCUMENT_MAX_PAGES
from faq.domain.media.checking import clean_file
from faq.domain.media.formats import MediaFormat, RefusedFile
from faq.domain.media.jpeg import drop_jpeg_metadata
from tests.media import a_document, a_photograph, a_writer, raw_document, with_action, written

PAGES = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]%s>>"
CATALOGUE = b"<</Type/Catalog/Pages 2 0 R%s>>"


def refusal_of(content):
    with pytest.raises(RefusedFile) as refusal:
        clean_file(content)
    return str(refusal.value)


def test_a_document_keeps_its_pages_and_loses_its_description():
    content = a_document(3, author="SECRET", title="SECRET")
    clean = clean_file(content)
    assert (clean.format, clean.pages, clean.width, clean.height) == (MediaFormat.PDF, 3, None, None)
    assert b"SECRET" not in clean.content
    reader = PdfReader(io.BytesIO(clean.content))
    assert len(reader.pages) == 3
    assert reader.metadata is None
    assert "/ID" not in reader.trailer
    assert clean_file(content) == clean
    assert clean_file(clean.content) == clean


def test_metadata_streams_and_what_hangs_on_them_go():
    writer = a_writer()
    hidden = StreamObject()
    hidden._data = b"SECRET"
    reference = writer._add_object(hidden)
    private = writer._add_object(DictionaryObject({NameObject("/Private"): reference}))
    writer.root_object[NameObject("/Metadata")] = reference
    writer.root_object[NameObject("/PieceInfo")] = private
    writer.pages[0][NameObject("/PieceInfo")] = private
    assert b"SECRET" not in clean_file(written(writer)).content


def test_former_revisions_and_what_stands_around_stay_behind():
    content = raw_document(CATALOGUE % b"", PAGES, PAGE % b"", b"(SECRET)")
    assert b"SECRET" not in clean_file(content).content
    assert clean_file(b"\n" + a_document() + b"PK\3\4 SECRET") == clean_file(a_document())


def test_who_commented_goes_and_what_was_commented_stays():
    notes = b"/Annots[<</Subtype/Text/Rect[0 0 1 1]/T(SECRET)/Contents(Ici)>> <</Subtype/Widget/Rect[0 0 1 1]/T(nom)>>]"
    clean = clean_file(raw_document(CATALOGUE % b"", PAGES, PAGE % notes)).content
    assert b"SECRET" not in clean
    assert b"(Ici)" in clean
    assert b"(nom)" in clean


@pytest.mark.parametrize(
    ("address", "stays"),
    [
        ("https://example.org/", True),
        ("mailto:a@example.org", True),
        ("javascript:alert", False),
        ("file:///C:/", False),
    ],
)
def test_links_lead_to_public_places_alone(address, stays):
    link = b"/Annots[<</Subtype/Link/Rect[0 0 1 1]/A<</S/URI/URI(%s)>>>>]" % address.encode()
    clean = clean_file(raw_document(CATALOGUE % b"", PAGES, PAGE % link)).content
    action = PdfReader(io.BytesIO(clean)).pages[0]["/Annots"][0]["/A"]
    assert action.get("/URI") == (address if stays else None)


def test_a_photograph_within_a_document_loses_its_place():
    photograph = a_photograph(1)
    image = b"<</Type/XObject/Subtype/Image/Width 48/Height 32/Filter/DCTDecode/Length %d>>stream\n%s\nendstream" % (
        len(photograph),
        photograph,
    )
    shown = b"/Resources<</XObject<</I 4 0 R>>>>"
    clean = clean_file(raw_document(CATALOGUE % b"", PAGES, PAGE % shown, image)).content
    assert b"SECRET" not in clean
    assert b"Exif" not in clean
    page = PdfReader(io.BytesIO(clean)).pages[0]
    assert page["/Resources"]["/XObject"]["/I"].get_object()["/Width"] == 48


@given(st.binary(max_size=200))
def test_any_bytes_pass_where_jpegs_lose_their_metadata(content):
    assert len(drop_jpeg_metadata(b"\xff\xd8" + content)) <= len(content) + 2


def test_a_jpeg_without_its_metadata_shows_the_same():
    photograph = a_photograph(1)
    stripped = drop_jpeg_metadata(photograph)
    assert b"SECRET" not in stripped
    one, other = (Image.open(io.BytesIO(content)) for content in (photograph, stripped))
    assert one.tobytes() == other.tobytes()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (with_action("JavaScript", JS="app.alert(1)"), "JavaScript"),
        (raw_document(CATALOGUE % b"/OpenAction<</S/J#61vaScript/J#53(a)>>", PAGES, PAGE % b""), "JavaScript"),
        (raw_document(CATALOGUE % b"/Names<</JavaScript<</Names[]>>>>", PAGES, PAGE % b""), "JavaScript"),
        (raw_document(CATALOGUE % b"", PAGES, PAGE % b"/AA<</O<</S/JavaScript/JS(a)>>>>"), "JavaScript"),
        (with_action("Launch", F="cmd.exe"), "lance un programme"),
        (with_action("GoToR", F="\\\\serveur\\partage"), "ouvre un autre fichier"),
        (with_action("SubmitForm", F="https://example.org"), "envoie ce que l’on y tape"),
        (with_action("ImportData", F="a"), "envoie ce que l’on y tape"),
        (with_action("Rendition"), "du son, de la vidéo"),
        (raw_document(CATALOGUE % b"", PAGES, PAGE % b"/Annots[<</Subtype/FileAttachment>>]"), "un autre fichier"),
        (raw_document(CATALOGUE % b"", PAGES, PAGE % b"/Annots[<</Subtype/RichMedia>>]"), "du son, de la vidéo"),
        (raw_document(CATALOGUE % b"/AcroForm<</XFA[]>>", PAGES, PAGE % b""), "XFA"),
        (raw_document(CATALOGUE % b"/Collection<<>>", PAGES, PAGE % b""), "un autre fichier"),
        (raw_document(CATALOGUE % b"/X<</ByteRange[0 1 2 3]>>", PAGES, PAGE % b""), "signature électronique"),
    ],
)
def test_what_acts_is_refused(content, said):
    assert said in refusal_of(content)


def test_attachments_are_refused():
    writer = a_writer()
    writer.add_attachment("notes.txt", b"x")
    assert "contient un autre fichier" in refusal_of(written(writer))


@pytest.mark.parametrize("passwords", [("secret", None), ("", "secret")])
def test_protected_documents_are_refused(passwords):
    writer = a_writer()
    writer.encrypt(*passwords)
    assert "protégé" in refusal_of(written(writer))


def test_harmless_actions_and_words_pass():
    clean_file(raw_document(CATALOGUE % b"/OpenAction[3 0 R/Fit]", PAGES, PAGE % b""))
    clean_file(raw_document(CATALOGUE % b"/OpenAction<</S/GoTo/D[3 0 R/Fit]>>", PAGES, PAGE % b""))
    clean_file(a_document(title="/JavaScript /Launch"))


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7",
        b"%PDF-1.4\nBonjour",
        a_document()[:200],
        raw_document(CATALOGUE % (b"/X " + b"[" * 200_000 + b"]" * 200_000), PAGES, PAGE % b""),
        raw_document(CATALOGUE % (b"/X " + b"<</X" * 50_000 + b">>" * 50_000), PAGES, PAGE % b""),
        raw_document(CATALOGUE % b"", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 100000>>", PAGE % b""),
        raw_document(CATALOGUE % b"", b"<</Type/Pages/Kids[]/Count 0>>"),
        raw_document(b"<</Type/Catalog>>"),
        # Ten pages of ten pages of ten…: each level is shared.
        raw_document(
            CATALOGUE % b"",
            *(b"<</Type/Pages/Count 10000000/Kids[%s]>>" % (b"%d 0 R " % (number + 3) * 10) for number in range(7)),
            PAGE % b"",
        ),
    ],
)
def test_broken_and_endless_documents_are_refused(content):
    assert refusal_of(content).startswith(("est abîmé", "est construit", "a "))


@pytest.mark.parametrize("times", [1, 2])
def test_streams_that_unfold_beyond_the_limit_are_refused(times, monkeypatch):
    monkeypatch.setattr("faq.domain.media.documents.DOCUMENT_MAX_UNPACKED_BYTES", 1_000_000)
    packed = b"\0" * 1_000_001
    for _ in range(times):
        packed = zlib.compress(packed, 9)
    filters = b"/FlateDecode " * times
    stream = b"<</Length %d/Filter[%s]>>stream\n%s\nendstream" % (len(packed), filters, packed)
    content = raw_document(CATALOGUE % b"", PAGES, PAGE % b"/Contents 4 0 R", stream)
    assert "une place démesurée" in refusal_of(content)


def test_images_within_that_are_too_large_are_refused():
    writer = a_writer()
    image = StreamObject()
    image.update({NameObject("/Width"): NumberObject(100_000), NameObject("/Height"): NumberObject(100_000)})
    writer.root_object[NameObject("/X")] = writer._add_object(image)
    assert "100\u202f000\u00a0×" in refusal_of(written(writer))


def test_long_and_heavy_documents_are_refused():
    assert f"{DOCUMENT_MAX_PAGES} au plus" in refusal_of(a_document(DOCUMENT_MAX_PAGES + 1))
    assert "20\u00a0Mo au plus" in refusal_of(a_document() + b"\0" * DOCUMENT_MAX_BYTES)


@given(place=st.integers(0, 10_000), value=st.integers(0, 255))
def test_a_byte_that_changed_gives_a_document_or_a_refusal(place, value):
    changed = bytearray(a_document(2))
    changed[place % len(changed)] = value
    with suppress(RefusedFile):
        clean = clean_file(bytes(changed))
        assert len(PdfReader(io.BytesIO(clean.content)).pages) == clean.pages


@given(words=st.text(max_size=30))
def test_whatever_the_description_says_it_goes(words):
    writer = a_writer()
    writer.add_metadata({"/Subject": f"QZX{words}QZX"})
    assert b"QZX" not in clean_file(written(writer)).content
