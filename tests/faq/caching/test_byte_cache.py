"""A cache that is bounded by the size of what it holds."""

from faq.caching import LRUByteCache


def test_returns_what_was_put():
    cache = LRUByteCache(10)
    cache.put("a", "A", 4)
    assert (cache.get("a"), cache.get("b")) == ("A", None)


def test_the_least_recently_used_value_makes_room():
    cache = LRUByteCache(10)
    cache.put("a", "A", 4)
    cache.put("b", "B", 4)
    cache.get("a")
    cache.put("c", "C", 4)
    assert (cache.get("a"), cache.get("b"), cache.get("c")) == ("A", None, "C")


def test_a_value_replaced_counts_once():
    cache = LRUByteCache(10)
    for _ in range(5):
        cache.put("a", "A", 4)
    cache.put("b", "B", 4)
    assert cache.get("a") == "A"


def test_a_value_larger_than_the_limit_is_not_cached():
    cache = LRUByteCache(10)
    cache.put("a", "A", 11)
    assert cache.get("a") is None


def test_a_cleared_cache_has_room_for_its_limit_again():
    cache = LRUByteCache(10)
    cache.put("a", "A", 8)
    cache.clear()
    cache.put("b", "B", 8)
    assert (cache.get("a"), cache.get("b")) == (None, "B")
