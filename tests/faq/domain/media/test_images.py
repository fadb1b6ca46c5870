"""Images are checked by decoding them; what comes out is their pixels, upright, and nothing else."""

import io
import struct
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from faq.domain.limits import IMAGE_MAX_BYTES
from faq.domain.media.checking import clean_file
from faq.domain.media.formats import MediaFormat, RefusedFile
from tests.media import a_photograph, a_png_of, an_image

FORMATS = {"PNG": MediaFormat.PNG, "JPEG": MediaFormat.JPEG, "WEBP": MediaFormat.WEBP}


def opened(content):
    return Image.open(io.BytesIO(content))


def refusal_of(content):
    with pytest.raises(RefusedFile) as refusal:
        clean_file(content)
    return str(refusal.value)


@pytest.mark.parametrize("name", FORMATS)
@given(width=st.integers(1, 40), height=st.integers(1, 40), colour=st.tuples(*[st.integers(0, 255)] * 3))
def test_an_image_keeps_its_format_sides_and_colours(name, width, height, colour):
    content = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(content, name, **({"lossless": True} if name == "WEBP" else {}))
    clean = clean_file(content.getvalue())
    assert (clean.format, clean.width, clean.height, clean.pages) == (FORMATS[name], width, height, None)
    shown = opened(clean.content).convert("RGB").getpixel((0, 0))
    assert max(abs(one - other) for one, other in zip(shown, colour, strict=True)) <= (5 if name == "JPEG" else 0)
    assert clean_file(content.getvalue()) == clean


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_comes_out_the_same_twice(mode):
    image = Image.new("L", (20, 10), 255).convert("I;16") if mode == "I;16" else Image.new(mode, (20, 10))
    content = io.BytesIO()
    image.save(content, "PNG")
    clean = clean_file(content.getvalue())
    assert clean_file(clean.content) == clean


def test_sixteen_bits_a_pixel_become_eight():
    image = Image.new("I;16", (2, 1))
    image.putpixel((1, 0), 0x8000)
    content = io.BytesIO()
    image.save(content, "PNG")
    assert list(opened(clean_file(content.getvalue()).content).tobytes()) == [0, 128]


@pytest.mark.parametrize("name", ["PNG", "WEBP"])
def test_transparency_stays(name):
    content = io.BytesIO()
    image = Image.new("RGBA", (4, 4), (255, 0, 0, 0))
    image.putpixel((0, 0), (0, 0, 255, 255))
    image.save(content, name, lossless=True)
    shown = opened(clean_file(content.getvalue()).content)
    assert shown.getpixel((0, 0)) == (0, 0, 255, 255)
    assert shown.getpixel((3, 3))[3] == 0


def test_a_palette_keeps_its_transparent_colour():
    image = Image.new("P", (2, 1))
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.putpixel((1, 0), 1)
    content = io.BytesIO()
    image.save(content, "PNG", transparency=0)
    shown = opened(clean_file(content.getvalue()).content).convert("RGBA")
    assert [shown.getpixel((place, 0))[3] for place in (0, 1)] == [0, 255]


def test_print_colours_become_those_of_screens():
    content = io.BytesIO()
    Image.new("CMYK", (4, 4), (0, 0, 0, 0)).save(content, "JPEG")
    shown = opened(clean_file(content.getvalue()).content)
    assert (shown.mode, shown.getpixel((0, 0))) == ("RGB", (255, 255, 255))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_comes_out_upright_without_its_place(orientation):
    """The image of the tests is red above, blue below as its pixels lie; EXIF turns it."""
    clean = clean_file(a_photograph(orientation))
    assert b"Exif" not in clean.content
    assert b"SECRET" not in clean.content
    shown = opened(clean.content)
    assert not shown.getexif()
    assert shown.size == ((48, 32) if orientation < 5 else (32, 48))
    right, below = shown.width - 3, shown.height - 3
    corners = {place: shown.getpixel(place)[0] > 128 for place in ((2, 2), (right, 2), (2, below), (right, below))}
    red = {
        1: [True, True, False, False],
        2: [True, True, False, False],
        3: [False, False, True, True],
        4: [False, False, True, True],
        5: [True, False, True, False],
        6: [False, True, False, True],
        7: [False, True, False, True],
        8: [True, False, True, False],
    }
    assert list(corners.values()) == red[orientation]


def test_other_colour_spaces_become_srgb_and_profiles_go():
    image = Image.new("RGB", (8, 8), (200, 30, 30))
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    content = io.BytesIO()
    image.save(content, "PNG", icc_profile=lab.tobytes())
    shown = opened(clean_file(content.getvalue()).content)
    assert "icc_profile" not in shown.info
    assert shown.getpixel((0, 0)) == (200, 30, 30)
    broken = io.BytesIO()
    image.save(broken, "PNG", icc_profile=b"no profile at all")
    assert opened(clean_file(broken.getvalue()).content).getpixel((0, 0)) == (200, 30, 30)


def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


@pytest.mark.parametrize("behind", [b"PK\3\4 outil.js", b"<script>alert(1)</script>", b"%PDF-1.7", b"\0" * 5000])
@pytest.mark.parametrize("content", [an_image(), a_photograph(1), an_image("WEBP")], ids=FORMATS)
def test_what_stands_behind_an_image_stays_behind(content, behind):
    assert clean_file(content + behind).content == clean_file(content).content


def test_texts_within_an_image_stay_behind():
    content = an_image()
    texts = (
        chunk(b"tEXt", b"Comment\0<script>SECRET</script>") + chunk(b"eXIf", b"MM\0*SECRET") + chunk(b"prVt", b"SECRET")
    )
    hidden = content[:33] + texts + content[33:]
    assert clean_file(hidden).content == clean_file(content).content


@given(cut=st.floats(0, 0.9))
@pytest.mark.parametrize("content", [an_image(size=(90, 90)), a_photograph(), an_image("WEBP", (90, 90))], ids=FORMATS)
def test_half_an_image_is_refused(content, cut):
    assert refusal_of(content[: int(len(content) * cut)]).startswith(("est ", "n’est "))


@given(
    content=st.binary(max_size=300),
    head=st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBP"]),
)
def test_noise_is_refused(head, content):
    assert refusal_of(head + content).endswith(".")


@given(place=st.integers(0, 10_000), value=st.integers(0, 255))
@pytest.mark.parametrize("content", [an_image(), a_photograph(), an_image("WEBP")], ids=FORMATS)
def test_a_byte_that_changed_gives_an_image_or_a_refusal(content, place, value):
    changed = bytearray(content)
    changed[place % len(changed)] = value
    with suppress(RefusedFile):
        opened(clean_file(bytes(changed)).content).load()


@pytest.mark.parametrize(
    ("width", "height"), [(12_001, 10), (10, 12_001), (30_000, 30_000), (7_000, 7_000), (2**31 - 1, 1)]
)
def test_large_sides_are_refused_before_a_pixel_is_read(width, height):
    assert "pixels" in refusal_of(a_png_of(width, height))


def test_the_sides_of_a_webp_are_read_before_the_library_reserves_memory():
    canvas = b"VP8X" + struct.pack("<I", 10) + b"\0\0\0\0" + (16_382).to_bytes(3, "little") * 2
    assert "16\u202f383" in refusal_of(b"RIFF" + struct.pack("<I", 22) + b"WEBP" + canvas)


def test_packed_texts_that_unfold_to_megabytes_are_refused():
    content = an_image()
    packed = zlib.compress(b"\0" * 2_000_000)
    bomb = content[:33] + chunk(b"zTXt", b"Comment\0\0" + packed) + content[33:]
    assert refusal_of(bomb).startswith("est abîmé")


def test_heavy_images_are_refused():
    assert refusal_of(an_image() + b"\0" * IMAGE_MAX_BYTES).startswith("pèse 11\u00a0Mo")


@pytest.mark.parametrize("name", ["PNG", "WEBP"])
def test_images_that_move_are_refused(name):
    content = io.BytesIO()
    first, second = (Image.new("RGB", (9, 9), colour) for colour in ("red", "blue"))
    first.save(content, name, save_all=True, append_images=[second])
    assert "image animée" in refusal_of(content.getvalue())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"GIF89a", "une image GIF"),
        (b"BM" + b"\0" * 20, "une image BMP"),
        (b"II*\0", "une image TIFF"),
        (b"\0\0\0\x18ftypheic", "une image HEIC"),
        (b"\0\0\0\x18ftypavif", "une image AVIF"),
        (b"\0\0\0\x18ftypmp42", "une vidéo"),
        (b"<?xml version='1.0'?>\n<svg xmlns='x'>", "une image SVG"),
        ("<svg>".encode("utf-16"), "une image SVG"),
        (b"\xef\xbb\xbf<svg:svg >", "une image SVG"),
        (b"<!DOCTYPE html><script>", "une page web"),
        (b"PK\3\4", "une archive"),
        (b"MZ", "un programme"),
        (b"#!/bin/sh", "un programme"),
        (b"Bonjour", "ni une image ni un PDF"),
        (b" \r\n", "est vide"),
        (b"", "est vide"),
    ],
)
def test_a_refusal_says_what_the_file_is(content, said):
    assert said in refusal_of(content)
