"""A segment while somebody edits it: its JSON with an id on every node, changed by value.

A draft may be unfinished: a new condition stands there before anybody said what it looks at.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property

from core.segments.reading import read_json, write_json

RawNode = dict[str, object]
_GROUPS = ("where", "that")
_INNER = (*_GROUPS, "followed_by")


@dataclass(frozen=True)
class Draft:
    """`root` is the outermost group; `limit` stands as in the format, None for none."""

    root: RawNode
    limit: RawNode | None = None

    @cached_property
    def places(self) -> Mapping[str, str]:
        """Return the id of every node by its place in the segment."""
        return dict(_places(self.root, "where"))

    @cached_property
    def nodes(self) -> Mapping[str, RawNode]:
        """Return every node by its id."""
        return {str(node["id"]): node for node in _walk(self.root)}

    @cached_property
    def raw(self) -> RawNode:
        """Return the segment as the format has it, without ids."""
        raw: RawNode = {"where": _copied(self.root, ids=False)}
        return raw if self.limit is None else {**raw, "limit": dict(self.limit)}

    @cached_property
    def text(self) -> str:
        """Return the segment as it is saved."""
        return write_json(self.raw)

    @cached_property
    def stored_text(self) -> str:
        """Return the draft with its ids, as `draft_from_stored` reads it."""
        return write_json({"root": self.root, "limit": self.limit})

    def node_at(self, place: str) -> str:
        """Return the id of the innermost node that the place lies in."""
        inside = [known for known in self.places if _lies_in(place, known)]
        return self.places[max(inside, key=len)] if inside else str(self.root["id"])

    def parent(self, node_id: str) -> str | None:
        """Return the id of the node around it, None for the root."""
        for node in _walk(self.root):
            if any(child["id"] == node_id for child in _children(node)):
                return str(node["id"])
        return None

    def path(self, node_id: str) -> frozenset[str]:
        """Return the ids of the node and of all around it."""
        around = self.parent(node_id)
        return frozenset({node_id}) | (self.path(around) if around else frozenset())

    def changed(self, node_id: str, values: Mapping[str, object]) -> "Draft":
        """Return the draft with these keys of a node; a key that is None is left out."""
        root = deepcopy(self.root)
        node = _find(root, node_id)
        for key, value in values.items():
            if value is None:
                node.pop(key, None)
            else:
                node[key] = with_ids(value) if key in _INNER and isinstance(value, dict) else value
        return Draft(root, self.limit)

    def replaced(self, node_id: str, node: Mapping[str, object]) -> "Draft":
        """Return the draft with another node under the same id."""
        root = deepcopy(self.root)
        old = _find(root, node_id)
        old.clear()
        old.update({**with_ids(dict(node)), "id": node_id})
        return Draft(root, self.limit)

    def added(self, group_id: str, node: Mapping[str, object]) -> tuple["Draft", str]:
        """Return the draft with a node at the end of a group, and the node's id."""
        root = deepcopy(self.root)
        new = with_ids(dict(node))
        _conditions(_find(root, group_id)).append(new)
        return Draft(root, self.limit), str(new["id"])

    def removed(self, node_id: str) -> "Draft":
        """Return the draft without a node; a group that it leaves empty goes too."""
        around = self.parent(node_id)
        if around is None:
            return self
        root = deepcopy(self.root)
        parent = _find(root, around)
        for key in _INNER:
            if _is_node(parent.get(key), node_id):
                del parent[key]
        if "conditions" in parent:
            parent["conditions"] = [n for n in _conditions(parent) if n["id"] != node_id]
        left = Draft(root, self.limit)
        is_inner = "match" in parent and not parent["conditions"] and left._stands_in_group(around)
        return left.removed(around) if is_inner else left

    def moved(self, node_id: str, by: int) -> "Draft":
        """Return the draft with a node that many places further down, to the end of its group."""
        return self._reordered(
            node_id, lambda nodes, at: nodes.insert(max(at + by, 0), nodes.pop(at))
        )

    def doubled(self, node_id: str) -> "Draft":
        """Return the draft with a copy of a node after it."""
        return self._reordered(
            node_id,
            lambda nodes, at: nodes.insert(at + 1, with_ids(nodes[at])),
        )

    def grouped(self, node_id: str) -> "Draft":
        """Return the draft with a node put into a group of its own."""

        def wrap(nodes: list[RawNode], at: int) -> None:
            nodes[at] = {"id": _new_id(), "match": "any", "conditions": [nodes[at]]}

        return self._reordered(node_id, wrap)

    def limited(self, limit: Mapping[str, object] | None) -> "Draft":
        """Return the draft with another limit."""
        return Draft(self.root, None if limit is None else dict(limit))

    def _reordered(self, node_id: str, change: Callable[[list[RawNode], int], None]) -> "Draft":
        around = self.parent(node_id)
        root = deepcopy(self.root)
        nodes = _conditions(_find(root, around or ""))
        at = next(number for number, node in enumerate(nodes) if node["id"] == node_id)
        change(nodes, at)
        return Draft(root, self.limit)

    def _stands_in_group(self, node_id: str) -> bool:
        around = self.parent(node_id)
        return around is not None and "match" in self.nodes[around]


def new_draft() -> Draft:
    """Return a draft of everybody."""
    return Draft({"id": _new_id(), "match": "all", "conditions": []})


def draft_of(text: str) -> Draft:
    """Return the draft of a saved segment. Raises: UsageError where it is not JSON."""
    raw = read_json(text)
    where = raw.get("where") if isinstance(raw, dict) else None
    limit = raw.get("limit") if isinstance(raw, dict) else None
    root = with_ids(where) if isinstance(where, dict) else new_draft().root
    return Draft(root, dict(limit) if isinstance(limit, dict) else None)


def draft_from_stored(text: str) -> Draft:
    """Return the draft that `Draft.stored_text` wrote."""
    kept = read_json(text)
    assert isinstance(kept, dict)  # noqa: S101 - written by ourselves
    return Draft(_copied(kept["root"], ids=True), kept["limit"])


def new_salt() -> str:
    """Return a salt for a random limit: two random thousands are then not the same people."""
    return secrets.token_hex(4)


def with_ids(node: Mapping[str, object]) -> RawNode:
    """Return a copy of a node with a new id on it and on every node inside."""
    made: RawNode = {"id": _new_id()}
    for key, value in node.items():
        if key == "id":
            continue
        if key == "conditions" and isinstance(value, list | tuple):
            made[key] = [with_ids(each) if isinstance(each, dict) else each for each in value]
        elif key in _INNER and isinstance(value, dict):
            made[key] = with_ids(value)
        else:
            made[key] = deepcopy(value)
    return made


def _new_id() -> str:
    return secrets.token_hex(4)


def _copied(node: Mapping[str, object], ids: bool) -> RawNode:
    made: RawNode = {}
    for key, value in node.items():
        if key == "id" and not ids:
            continue
        if key == "conditions" and isinstance(value, list):
            made[key] = [_copied(each, ids) for each in value]
        elif key in _INNER and isinstance(value, dict):
            made[key] = _copied(value, ids)
        else:
            made[key] = value
    return made


def _conditions(group: RawNode) -> list[RawNode]:
    nodes = group["conditions"]
    assert isinstance(nodes, list)  # noqa: S101 - a group has them
    return nodes


def _children(node: RawNode) -> Iterator[RawNode]:
    if "conditions" in node:
        yield from _conditions(node)
    for key in _INNER:
        inner = node.get(key)
        if isinstance(inner, dict):
            yield inner


def _walk(node: RawNode) -> Iterator[RawNode]:
    yield node
    for child in _children(node):
        yield from _walk(child)


def _find(root: RawNode, node_id: str) -> RawNode:
    return next(node for node in _walk(root) if node["id"] == node_id)


def _is_node(value: object, node_id: str) -> bool:
    return isinstance(value, dict) and value.get("id") == node_id


def _places(node: RawNode, place: str) -> Iterator[tuple[str, str]]:
    yield place, str(node["id"])
    if "conditions" in node:
        for number, child in enumerate(_conditions(node)):
            yield from _places(child, f"{place}.conditions[{number}]")
    for key in _INNER:
        inner = node.get(key)
        if isinstance(inner, dict):
            yield from _places(inner, f"{place}.{key}")


def _lies_in(place: str, known: str) -> bool:
    return place == known or place.startswith((f"{known}.", f"{known}["))
