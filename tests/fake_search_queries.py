"""What the fake search server finds: queries and counts, by the rules of OpenSearch's documentation.

Whatever is not known here is refused, as OpenSearch does, rather than left out.
"""

from typing import Any

import numpy as np

Body = dict[str, Any]


class Refused(Exception):
    """A request that the server refuses."""

    def __init__(self, status: int, kind: str) -> None:
        super().__init__(kind)
        self.status, self.kind = status, kind


def matching(query: Body, documents: dict[str, Body]) -> dict[str, float]:
    """Return the documents that a query matches, each with its score."""
    [(kind, said)] = query.items()
    boost = said.get("boost", 1.0) if isinstance(said, dict) else 1.0
    return (
        {id: _single(score * boost) for id, score in _KINDS[kind](said, documents).items()}
        if kind in _KINDS
        else _no(kind)
    )


def _no(kind: str) -> dict[str, float]:
    raise Refused(400, f"unknown query [{kind}]")


def _single(score: float) -> float:
    return float(np.float32(score))


def _ids(said: Body, documents: dict[str, Body]) -> dict[str, float]:
    return {id: 1.0 for id in said["values"] if id in documents}


def _terms(said: Body, documents: dict[str, Body]) -> dict[str, float]:
    [(name, values)] = said.items()
    wanted = set(values)
    return {id: 1.0 for id, document in documents.items() if document.get(name) in wanted}


def _rank_feature(said: Body, documents: dict[str, Body]) -> dict[str, float]:
    assert said["linear"] == {}
    name, feature = said["field"].split(".")
    return {
        id: float(document[name][feature]) for id, document in documents.items() if feature in document.get(name, {})
    }


def _constant_score(said: Body, documents: dict[str, Body]) -> dict[str, float]:
    return dict.fromkeys(matching(said["filter"], documents), 1.0)


def _dis_max(said: Body, documents: dict[str, Body]) -> dict[str, float]:
    found: dict[str, float] = {}
    for query in said["queries"]:
        for id, score in matching(query, documents).items():
            found[id] = max(score, found.get(id, 0.0))
    return found


def _bool(said: Body, documents: dict[str, Body]) -> dict[str, float]:
    must, should = ([matching(one, documents) for one in said.get(name, [])] for name in ("must", "should"))
    filters = [matching(one, documents) for one in said.get("filter", [])]
    fewest = said.get("minimum_should_match", 0 if must or filters else 1)
    found = {}
    for id in documents:
        if all(id in one for one in (*must, *filters)) and sum(id in one for one in should) >= min(fewest, len(should)):
            found[id] = sum(one.get(id, 0.0) for one in (*must, *should))
    return found


def _function_score(said: Body, documents: dict[str, Body]) -> dict[str, float]:
    assert said["boost_mode"] == "multiply"
    found = matching(said["query"], documents)
    if factor := said.get("field_value_factor"):
        return {id: score * documents[id].get(factor["field"], factor["missing"]) for id, score in found.items()}
    assert said["score_mode"] == "sum"
    functions = [(matching(one["filter"], documents), one["weight"]) for one in said["functions"]]
    # Where no function applies, the score stays what it is.
    weights = {id: sum(weight for there, weight in functions if id in there) or 1.0 for id in found}
    return {id: score * weights[id] for id, score in found.items()}


_KINDS = {
    "ids": _ids,
    "terms": _terms,
    "rank_feature": _rank_feature,
    "constant_score": _constant_score,
    "dis_max": _dis_max,
    "bool": _bool,
    "function_score": _function_score,
}


def hits(found: dict[str, float], documents: dict[str, Body], body: Body) -> list[Body]:
    first, size = body.get("from", 0), body.get("size", 10)
    if "sort" not in body:
        return [{"_id": id, "_score": found[id], "_source": documents[id]} for id in sorted(found)][
            first : first + size
        ]
    assert body["sort"] == [{"_score": "desc"}, {"number": "asc"}]
    ordered = sorted(found, key=lambda id: (-found[id], documents[id]["number"]))[first : first + size]
    return [{"_id": id, "sort": [found[id], documents[id]["number"]]} for id in ordered]


def counted(asked: Body, found: dict[str, float], documents: dict[str, Body]) -> Body:
    there = [documents[id] for id in found]
    if terms := asked.get("terms"):
        stems, counts = np.unique([stem for one in there for stem in one.get(terms["field"], [])], return_counts=True)
        return {
            "buckets": [{"key": int(key), "doc_count": int(count)} for key, count in zip(stems, counts, strict=True)]
        }
    histogram, bits = asked["histogram"], asked["aggs"]["bits"]["sum"]
    assert histogram["min_doc_count"] == 1
    blocks: dict[float, list[Body]] = {}
    for one in there:
        if histogram["field"] in one:
            first = one[histogram["field"]] // histogram["interval"] * histogram["interval"]
            blocks.setdefault(float(first), []).append(one)
    return {
        "buckets": [
            {"key": key, "doc_count": len(ones), "bits": {"value": sum(one[bits["field"]] for one in ones)}}
            for key, ones in sorted(blocks.items())
        ]
    }
