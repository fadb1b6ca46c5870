"""Recognition of votes and comments that came from one network on one day, without storing any address.

A vote or comment has a `source`: a keyed hash of the network and the entry. The key is random, serves for one day, and
is then deleted together with the hashes: afterwards nobody can find out where a vote came from, or that two came from
one place. The hashes of two entries cannot be matched even on that day.
"""

import hmac
import ipaddress
import secrets
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from faq.caching import EpochCache
from feedback.days import get_midnight
from feedback.models import SOURCE_LENGTH, Comment, SourceKey, Vote

_KEPT_BITS = {4: 24, 6: 48}
"""Leading bits of an address, by IP version, that all machines of one site share."""


def get_network(address: str) -> str:
    """Return the network of an IP address, as « 192.0.2.0/24 » or « 2001:db8::/48 »; "" for anything else."""
    try:
        read = ipaddress.ip_address(address.strip())
    except ValueError:
        return ""
    if isinstance(read, ipaddress.IPv6Address) and read.ipv4_mapped:
        read = read.ipv4_mapped
    kept = _KEPT_BITS[read.version]
    dropped = read.max_prefixlen - kept
    # Half the time of ipaddress.ip_network.
    return f"{type(read)(int(read) >> dropped << dropped)}/{kept}"


def compute_source(network: str, entry: int, at: datetime) -> str:
    """Return the hash of a network for one day and one entry (its number), or "" without a network."""
    if not network:
        return ""
    key = _keys.get(timezone.localdate(at))
    return hmac.digest(key, f"{entry}:{network}".encode(), "sha256").hex()[:SOURCE_LENGTH]


@transaction.atomic
def delete_sources(today: date) -> int:
    """Delete the keys of other days, and the hashes that they made; return how many votes and comments had one."""
    SourceKey.objects.exclude(day=today).delete()
    morning = get_midnight(today)
    votes = Vote.objects.exclude(source="").filter(first_voted_at__lt=morning)
    comments = Comment.objects.exclude(source="").filter(first_sent_at__lt=morning)
    return votes.update(source="") + comments.update(source="")


def _read_key(day: date) -> bytes:
    """Return the key of a day; the first vote of a day creates it and deletes the sources of the day before."""
    key, new = SourceKey.objects.get_or_create(day=day, defaults={"key": secrets.token_hex(32)})
    if new and day == timezone.localdate():
        delete_sources(day)
    return bytes.fromhex(key.key)


_keys = EpochCache(_read_key)
