"""The cases of the format, as they stand in `cases/`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.segments.reading import read_json_file

_FOLDER = Path(__file__).parent / "cases"


@dataclass(frozen=True, slots=True)
class Case:
    """A segment with its members, or with the place of its fault."""

    file: str
    name: str
    segment: object
    now: str
    members: tuple[str, ...] | None
    error_at: str | None

    @property
    def id(self) -> str:
        return f"{self.file}/{self.name}"


@dataclass(frozen=True, slots=True)
class CaseFile:
    now: str
    segments: Mapping[str, object]
    cases: tuple[Case, ...]


def _read(path: Path) -> CaseFile:
    raw: Any = read_json_file(path)
    cases = tuple(
        Case(
            path.parent.name,
            name,
            case["segment"],
            case.get("now", raw["now"]),
            tuple(case["members"]) if "members" in case else None,
            case.get("error_at"),
        )
        for name, case in raw["cases"].items()
    )
    return CaseFile(raw["now"], raw["segments"], cases)


CASE_FILES = {path.parent.name: _read(path) for path in sorted(_FOLDER.glob("*/cases.json"))}
CASES = tuple(case for file in CASE_FILES.values() for case in file.cases)
VALID = tuple(case for case in CASES if case.members is not None)
INVALID = tuple(case for case in CASES if case.error_at is not None)
