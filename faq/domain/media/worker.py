"""The program that checks one file in a process of its own, where no file can take more time or memory than allowed.

It reads the file from its input; it writes a line of JSON, then the bytes to store.
"""

import json
import resource
import sys

from faq.domain.limits import MEDIA_CHECK_MAX_MEMORY, MEDIA_CHECK_MAX_SECONDS
from faq.domain.media.checking import clean_file
from faq.domain.media.formats import RefusedFile


def main() -> None:
    """Check the file, and write what is to be stored or why it is refused."""
    resource.setrlimit(resource.RLIMIT_AS, (MEDIA_CHECK_MAX_MEMORY, MEDIA_CHECK_MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MEDIA_CHECK_MAX_SECONDS, MEDIA_CHECK_MAX_SECONDS))
    # No file is written, nor an image of the process where it is killed.
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    output = sys.stdout.buffer
    try:
        clean = clean_file(sys.stdin.buffer.read())
    except RefusedFile as refusal:
        output.write(json.dumps({"refused": str(refusal)}).encode() + b"\n")
        return
    told = {"format": clean.format, "width": clean.width, "height": clean.height, "pages": clean.pages}
    output.write(json.dumps(told).encode() + b"\n" + clean.content)


if __name__ == "__main__":
    main()
