"""Reads the keys of one object of a segment, and names places."""

from core.errors import SegmentInvalid
from core.segments.suggest import did_you_mean, shown

NOT_KNOWN = "Rollcall does not know what is written here: remove it, and choose it anew."
_NOT_SAID = "Something is not said here yet."


class _Missing:
    def __repr__(self) -> str:
        return "missing"


MISSING = _Missing()


class Keys:
    """An object of the segment at `place`, with the keys that it may have."""

    def __init__(self, raw: dict[str, object], place: str, known: tuple[str, ...]) -> None:
        self.place = place
        self._raw = raw
        self._known = known
        self._twice: frozenset[str] = getattr(raw, "twice", frozenset())

    def at(self, key: str) -> str:
        """Return the place of a key."""
        key = key.encode(errors="backslashreplace").decode()
        return f"{self.place}.{key}" if self.place else key

    def fault(self, key: str, problem: str, told: str | None = None) -> SegmentInvalid:
        """Return the error of a key; `told` is the problem for pages, if it is another."""
        return SegmentInvalid(self.at(key), problem, told=told)

    def missing(self, key: str, what: str, told: str = _NOT_SAID) -> SegmentInvalid:
        """Return the error of a key that must be there; `what` says what it is for."""
        return SegmentInvalid(
            self.at(key), f"The key is missing: {what}.", is_missing=True, told=told
        )

    def __contains__(self, key: str) -> bool:
        return key in self._raw

    def get(self, key: str) -> object:
        """Return the value of a key, MISSING where it is not there.

        Raises: SegmentInvalid for a key that stands twice.
        """
        if key in self._twice:
            raise self.fault(key, "The key stands twice in one object.", NOT_KNOWN)
        return self._raw.get(key, MISSING)

    def require(self, key: str, what: str) -> object:
        """Return the value of a key that must be there; `what` says what it is for."""
        value = self.get(key)
        if value is MISSING:
            raise self.missing(key, what)
        return value

    def choice(self, key: str, possible: tuple[str, ...], what: str) -> str:
        """Return the value of a key that must be one of a few texts."""
        value = self.require(key, f"{what}, one of {', '.join(possible)}")
        if not isinstance(value, str) or value not in possible:
            raise self.fault(
                key, f"No {what} {shown(value)}. {did_you_mean(value, possible)}", NOT_KNOWN
            )
        return value

    def finish(self) -> None:
        """Refuse keys that are not known here."""
        for key in self._raw:
            if key not in self._known:
                raise self.fault(key, f"Unknown key. {did_you_mean(key, self._known)}", NOT_KNOWN)


def require_object(raw: object, place: str, what: str) -> dict[str, object]:
    """Return `raw` if it is an object.

    Raises: SegmentInvalid.
    """
    if not isinstance(raw, dict):
        raise SegmentInvalid(place, f"Here must stand {what}, not {_kind(raw)}.", told=NOT_KNOWN)
    return raw


def _kind(raw: object) -> str:
    if raw is None:
        return "null"
    return {bool: "a boolean", str: "a text", list: "a list"}.get(type(raw), "a number")
