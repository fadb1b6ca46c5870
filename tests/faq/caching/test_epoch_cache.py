"""A cache of one value that is valid for one epoch, and the call that clears all caches."""

import gc
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from faq.caching import EpochCache, LRUByteCache, clear_all
from faq.caching.registry import _caches


class Source:
    """Builds and patches lists of tokens, and counts how often."""

    def __init__(self, patches=True):
        self.built, self.patched = [], []
        self.patches = patches

    def build(self, token):
        self.built.append(token)
        return [token]

    def patch(self, value, since, token):
        self.patched.append((since, token))
        return [*value, token] if self.patches else None


def test_a_value_is_built_once_for_an_epoch():
    source = Source()
    cache = EpochCache(source.build)
    assert cache.get("a") is cache.get("a")
    assert cache.get("b") == ["b"]
    assert source.built == ["a", "b"]


def test_the_value_of_the_epoch_before_is_patched():
    source = Source()
    cache = EpochCache(source.build, source.patch)
    assert (cache.get("a"), cache.get("b"), cache.get("b")) == (["a"], ["a", "b"], ["a", "b"])
    assert (source.built, source.patched) == (["a"], [("a", "b")])


def test_everything_is_built_where_a_patch_is_not_possible():
    source = Source(patches=False)
    cache = EpochCache(source.build, source.patch)
    assert (cache.get("a"), cache.get("b")) == (["a"], ["b"])
    assert source.built == ["a", "b"]


def test_an_epoch_without_a_name_is_never_cached():
    source = Source()
    cache = EpochCache(source.build, source.patch)
    first = cache.get("a")
    assert (cache.get(""), cache.get("")) == ([""], [""])
    assert cache.get("a") is first
    assert source.built == ["a", "", ""]


def test_a_build_that_fails_leaves_the_value_before():
    cache = EpochCache(lambda token: [1 / (token - 1)])
    first = cache.get(3)
    with pytest.raises(ZeroDivisionError):
        cache.get(1)
    assert cache.get(3) is first


def test_threads_that_come_meanwhile_wait_for_the_first():
    entered, may_go_on = threading.Event(), threading.Event()
    built = []

    def build(token):
        built.append(token)
        entered.set()
        assert may_go_on.wait(10)
        return [token]

    cache = EpochCache(build)
    with ThreadPoolExecutor(5) as pool:
        first = pool.submit(cache.get, "a")
        assert entered.wait(10)
        others = [pool.submit(cache.get, "a") for _ in range(4)]
        may_go_on.set()
        assert {id(one.result(10)) for one in (first, *others)} == {id(cache.get("a"))}
    assert built == ["a"]


def test_one_call_clears_every_cache():
    source = Source()
    by_epoch, by_key = EpochCache(source.build), LRUByteCache(10)
    by_epoch.get("a")
    by_key.put("a", "A", 1)
    clear_all()
    assert by_key.get("a") is None
    by_epoch.get("a")
    assert source.built == ["a", "a"]


def test_a_cache_that_nobody_holds_any_more_is_not_kept_alive():
    cache = LRUByteCache(10)
    assert cache in _caches
    before = len(_caches)
    del cache
    gc.collect()
    assert len(_caches) < before
