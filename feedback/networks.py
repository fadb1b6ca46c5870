"""Which votes and comments of one day came from the same network, without keeping anybody's address.

A vote, or a comment, bears a keyed hash of the network and the entry. The key is random, serves for one day and is then
deleted, together with the hashes: from then on nobody can tell where one came from, nor that two came from
the same place. Hashes of two entries cannot be matched even on the day.
"""

import hmac
import ipaddress
import secrets
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from faq.caching import EpochCache
from feedback.models import SOURCE_LENGTH, Comment, SourceKey, Vote

_KEPT_BITS = {4: 24, 6: 48}
"""Of an address: what all machines of one site share."""


def get_network(address: str) -> str:
    """Return the network of an IP address, as « 192.0.2.0/24 » or « 2001:db8::/48 »; "" for what is none."""
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
    """Return what a vote bears of a network on one day and one entry (its number); "" for no network."""
    if not network:
        return ""
    key = _keys.get(timezone.localdate(at))
    return hmac.digest(key, f"{entry}:{network}".encode(), "sha256").hex()[:SOURCE_LENGTH]


@transaction.atomic
def delete_sources(today: date) -> int:
    """Delete the keys of other days, and the hashes that they made; return how many votes and comments bore one."""
    SourceKey.objects.exclude(day=today).delete()
    morning = timezone.make_aware(datetime.combine(today, datetime.min.time()))
    votes = Vote.objects.exclude(source="").filter(first_voted_at__lt=morning)
    comments = Comment.objects.exclude(source="").filter(first_sent_at__lt=morning)
    return votes.update(source="") + comments.update(source="")


def _read_key(day: date) -> bytes:
    """Return the key of a day; the first vote of a day makes it, and has the day before forgotten."""
    key, new = SourceKey.objects.get_or_create(day=day, defaults={"key": secrets.token_hex(32)})
    if new and day == timezone.localdate():
        delete_sources(day)
    return bytes.fromhex(key.key)


_keys = EpochCache(_read_key)
