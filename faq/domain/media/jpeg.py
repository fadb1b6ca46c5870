"""The segments of JPEG images that lie within documents."""

_KEPT_APPLICATIONS = {0xE0, 0xE2, 0xEE}
"""Size and density (JFIF), colour profile, meaning of the colours (Adobe)."""
_COMMENT = 0xFE
_SCAN = 0xDA


def drop_jpeg_metadata(data: bytes) -> bytes:
    """Return a JPEG without place, camera, thumbnails and comments; its pixels stay as they are.

    A file that is built in another way stays as it is.
    """
    if not data.startswith(b"\xff\xd8"):
        return data
    parts, place = [data[:2]], 2
    while place + 4 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        end = place + 2 + int.from_bytes(data[place + 2 : place + 4], "big")
        if marker == _SCAN:
            return b"".join([*parts, data[place:]])
        is_application = 0xE0 <= marker <= 0xEF
        if marker != _COMMENT and (not is_application or marker in _KEPT_APPLICATIONS):
            parts.append(data[place:end])
        place = end
    return data
