"""Caches of one process: one keyed by the epoch, one bounded by bytes, and one call that clears them all."""

from faq.caching.byte_cache import LRUByteCache
from faq.caching.epoch_cache import EpochCache
from faq.caching.registry import clear_all, register_cache
