"""One thing for somebody to do: how urgent it is, who mends it, and where."""

from dataclasses import dataclass
from enum import StrEnum

# In the app, and at the server with its files, memory and keys.
ADMIN = "an admin"
RUNNER = "whoever runs Rollcall"


class NeedKind(StrEnum):
    """What is needed, the most urgent first."""

    APPROVAL = "approval"
    STUCK = "stuck"
    DESTINATION = "destination"
    DATA = "data"
    SEGMENT = "segment"
    LIST = "list"
    FAILED = "failed"


class Place(StrEnum):
    """The page where it is mended."""

    RUN = "runs"
    DATA = "data"
    SEGMENT = "segments"
    DESTINATION = "destinations"
    ACTIVATION = "activations"


@dataclass(frozen=True, slots=True)
class Need:
    """One thing for somebody to do; `key` is what `place` opens: a run's id, or a key.

    `subject` is the name of the list or thing as people gave it, `detail` the sentence that was
    stored, and `activation_id` the list that it is about, if it is about one.
    """

    kind: NeedKind
    subject: str
    said: str
    detail: str
    mender: str
    place: Place
    key: str
    activation_id: int | None = None
