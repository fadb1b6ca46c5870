"""Images checked by decoding them, and written again from their pixels alone.

Whatever is not a pixel stays behind: place and camera (EXIF), XMP, comments, colour profiles, bytes after the end. The
same image gives the same bytes.
"""

import contextlib
import io
import struct
import warnings
from collections.abc import Iterator

from PIL import Image, ImageCms, JpegImagePlugin
from PIL.Image import Transpose

from faq.domain.limits import IMAGE_MAX_BYTES, IMAGE_MAX_PIXELS, IMAGE_MAX_SIDE, format_number
from faq.domain.media.formats import CleanFile, MediaFormat, RefusedFile

_PILLOW_NAMES = {MediaFormat.PNG: "PNG", MediaFormat.JPEG: "JPEG", MediaFormat.WEBP: "WEBP"}
_ORIENTATION = 0x0112
"""The EXIF tag that says how an image is to be turned."""
_TURNS = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
_QUALITY = 90
"""The quality of JPEG and WebP where the original has none that can be kept."""
_STORED_MODES = {
    MediaFormat.PNG: {"1", "L", "LA", "P", "RGB", "RGBA"},
    MediaFormat.JPEG: {"L", "RGB"},
    MediaFormat.WEBP: {"RGB", "RGBA"},
}

UNREADABLE = (
    "est abîmé ou incomplet\u00a0: l’image ne s’affiche pas\u00a0; "
    "enregistrez-la de nouveau depuis le logiciel d’origine, puis recommencez."
)


def clean_image(data: bytes, format: MediaFormat) -> CleanFile:
    """Return an image without anything but its pixels, upright and in sRGB. Raises RefusedFile."""
    _check_size(len(data))
    # The library reserves memory for a WebP before it tells its sides.
    match format:
        case MediaFormat.WEBP:
            _check_sides(*_read_webp_sides(data))
        case MediaFormat.PNG if data[12:16] == b"IHDR":
            _check_sides(*struct.unpack(">II", data[16:24].ljust(8, b"\0")))
    with _reading():
        # The library's own limits: an error at twice as many pixels, a warning, which is an error here, above.
        Image.MAX_IMAGE_PIXELS = IMAGE_MAX_PIXELS
        image = Image.open(io.BytesIO(data), formats=(_PILLOW_NAMES[format],))
        _check_sides(*image.size)
        # Photographs of telephones hold a second, smaller image behind the first.
        if format is not MediaFormat.JPEG and getattr(image, "n_frames", 1) > 1:
            raise RefusedFile(
                "est une image animée, que tout le monde ne peut pas suivre\u00a0; enregistrez-en une image fixe, "
                "puis recommencez."
            )
        image.load()
        content, size = _encode(image, format, data)
    _check_size(len(content))
    return CleanFile(content, format, *size)


@contextlib.contextmanager
def _reading() -> Iterator[None]:
    """Refuse the file where the library raises any error over it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    except RefusedFile:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise RefusedFile(_describe_many_pixels()) from None
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 (hostile bytes make the library raise errors of a dozen kinds)
        raise RefusedFile(UNREADABLE) from None


def _check_size(size: int) -> None:
    if size > IMAGE_MAX_BYTES:
        raise RefusedFile(
            f"pèse {format_number(-(-size // 1_000_000))}\u00a0Mo\u00a0: {IMAGE_MAX_BYTES // 1_000_000}\u00a0Mo au "
            "plus pour une image\u00a0; réduisez-la, ou enregistrez-la en JPEG."
        )


def _check_sides(width: int, height: int) -> None:
    if width < 1 or height < 1:
        raise RefusedFile(UNREADABLE)
    if width > IMAGE_MAX_SIDE or height > IMAGE_MAX_SIDE or width * height > IMAGE_MAX_PIXELS:
        raise RefusedFile(
            f"mesure {format_number(width)}\u00a0×\u00a0{format_number(height)}\u00a0pixels\u00a0: {_describe_limits()}"
        )


def _describe_many_pixels() -> str:
    return f"a trop de pixels\u00a0: {_describe_limits()}"


def _describe_limits() -> str:
    return (
        f"{format_number(IMAGE_MAX_SIDE)}\u00a0pixels de côté au plus, et {IMAGE_MAX_PIXELS // 1_000_000}\u00a0"
        "millions en tout\u00a0; réduisez l’image, puis recommencez."
    )


def _read_webp_sides(data: bytes) -> tuple[int, int]:
    """Return the width and height of the canvas or of the first image of a WebP. Raises RefusedFile."""
    chunk, body = data[12:16], data[20:30]
    if len(body) == 10 and chunk == b"VP8X":
        return 1 + int.from_bytes(body[4:7], "little"), 1 + int.from_bytes(body[7:10], "little")
    if len(body) == 10 and chunk == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", body[6:10])
        return width & 0x3FFF, height & 0x3FFF
    if len(body) == 10 and chunk == b"VP8L" and body[0] == 0x2F:
        bits = int.from_bytes(body[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    raise RefusedFile(UNREADABLE)


def _encode(image: Image.Image, format: MediaFormat, data: bytes) -> tuple[bytes, tuple[int, int]]:
    options = _build_options(image, format, data)
    pixels = _turn_upright(_convert_colours(image, format), image)
    # What an image carries beside its pixels would be written by some formats; a palette needs its transparent colour.
    pixels.info = {key: value for key, value in pixels.info.items() if key == "transparency" and pixels.mode == "P"}
    output = io.BytesIO()
    try:
        pixels.save(output, _PILLOW_NAMES[format], **options)
    except (ValueError, OSError):
        if "qtables" not in options:
            raise
        output = io.BytesIO()
        pixels.save(output, _PILLOW_NAMES[format], quality=_QUALITY)
    return output.getvalue(), pixels.size


def _build_options(image: Image.Image, format: MediaFormat, data: bytes) -> dict[str, object]:
    """Return how to write an image so that it neither loses nor grows: as it was written before."""
    if format is MediaFormat.PNG:
        return {"compress_level": 6}
    if format is MediaFormat.WEBP:
        return {"lossless": True} if b"VP8L" in data[12:64] else {"quality": _QUALITY}
    if image.mode in ("L", "RGB"):
        tables = {"qtables": image.quantization, "subsampling": JpegImagePlugin.get_sampling(image)}  # type: ignore[attr-defined]
        return {**tables, "optimize": True}
    return {"quality": _QUALITY}


def _convert_colours(image: Image.Image, format: MediaFormat) -> Image.Image:
    """Return an image in sRGB, in a mode that the format stores."""
    if image.mode == "P" and "transparency" not in image.info and format is MediaFormat.PNG and not _get_profile(image):
        return image
    if image.mode.startswith("I"):
        # Sixteen bits a pixel become eight.
        return image.point(lambda value: value * (1 / 256)).convert("L")
    if image.mode == "P" or "transparency" in image.info:
        image_in_rgb = image.convert("RGBA" if "transparency" in image.info else "RGB")
        image_in_rgb.info = dict(image.info)
        image = image_in_rgb
    converted = _apply_profile(image)
    if converted.mode in _STORED_MODES[format]:
        return converted
    has_alpha = converted.mode in ("LA", "PA", "RGBa", "La", "RGBA") and format is not MediaFormat.JPEG
    return converted.convert("RGBA" if has_alpha else "RGB")


def _get_profile(image: Image.Image) -> bytes | None:
    return image.info.get("icc_profile") or None


def _apply_profile(image: Image.Image) -> Image.Image:
    """Return an image in sRGB where it carries a profile of other colours; a profile that cannot be read is ignored."""
    profile = _get_profile(image)
    if profile is None or image.mode not in ("RGB", "RGBA", "CMYK"):
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "srgb" in ImageCms.getProfileDescription(source).lower():
            return image
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        turned = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image
    return turned or image


def _turn_upright(pixels: Image.Image, image: Image.Image) -> Image.Image:
    """Return an image as it was held by the camera."""
    try:
        orientation = image.getexif().get(_ORIENTATION)
    except Exception:  # noqa: BLE001 (hostile EXIF makes the library raise errors of several kinds)
        orientation = None
    turn = _TURNS.get(orientation) if isinstance(orientation, int) else None
    return pixels.transpose(turn) if turn is not None else pixels
