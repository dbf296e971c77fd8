"""Every error of Rollcall that a user can meet, as one tree.

RollcallError
├── UsageError                 wrong use: an option, a name, a setting
│   └── UnknownName            no segment, activation, destination … of that name
├── SegmentInvalid             a segment that breaks the format; carries the place
├── DataRefused                customer data that cannot be taken
│   ├── ManifestInvalid        dataset.toml says something impossible
│   ├── FileRefused            a file, row or cell; carries where
│   ├── DataTooLarge           a limit of the load was passed
│   └── FewerRows              a table shrank by half; --accept-fewer takes it
├── SnapshotMissing            nothing loaded yet, or the file is gone
├── StorageFault               the disk takes nothing
│   ├── StorageFull            it is full
│   └── StorageRefused         it is read-only, gone, or not for us
├── QueryFailed                the engine could not answer; the message says why
├── Cancelled                  somebody stopped it
├── StoreError                 the database of settings, segments and runs
│   ├── StoreUnavailable       locked or out of reach for now
│   ├── StoreOutdated          older than the code: run `migrate`
│   ├── StoreTooNew            newer than the code: upgrade Rollcall
│   ├── EditConflict           somebody saved another version meanwhile
│   ├── NameTaken              that key, or that audience, is in use
│   └── SecretUnreadable       the key that encrypts secrets is missing or another
├── DestinationError           what a platform answered; status codes are translated once
│   ├── KeysRefused            401, 403: a human must look at the keys
│   ├── CallRefused            400 and its like: sending it again cannot help
│   ├── AudienceMissing        the platform knows no such audience
│   ├── TooManyCalls           429; may carry when to try again
│   ├── PlatformFault          500, 502, 503, 504
│   └── NetworkFault           no answer: the call may or may not have been applied
└── RunError                   a run that cannot go on
    ├── LeaseLost              another process has taken the run over
    ├── RunRefused             paused, not ours, not built yet: the message says which
    ├── LedgerMissing          the file of what an audience holds is gone
    └── PlanOutdated           a held plan no longer fits what is saved
"""

from typing import ClassVar


class RollcallError(Exception):
    """One sentence that says what happened and what to do, safe to show to anybody.

    `told` is the sentence as a page says it, without the keys and places of a file.
    `terminal_hint` is a command or an option of a file that helps: only a terminal shows it.
    """

    retryable: ClassVar[bool] = False
    exit_code: ClassVar[int] = 1

    def __init__(
        self, sentence: str = "", *, terminal_hint: str | None = None, told: str | None = None
    ) -> None:
        super().__init__(sentence)
        self.told = told or sentence
        self.terminal_hint = terminal_hint


class UsageError(RollcallError):
    exit_code: ClassVar[int] = 2


class UnknownName(UsageError):
    pass


class SegmentInvalid(RollcallError):
    """A segment that breaks the format, with `place` = the path of the key at fault.

    `is_missing` says that nothing is wrong but that the key is not there yet.
    """

    def __init__(
        self, place: str, problem: str, *, is_missing: bool = False, told: str | None = None
    ) -> None:
        super().__init__(f"{place}: {problem}", told=told or problem)
        self.place = place
        self.problem = problem
        self.is_missing = is_missing


class DataRefused(RollcallError):
    pass


class ManifestInvalid(DataRefused):
    pass


class FileRefused(DataRefused):
    pass


class DataTooLarge(DataRefused):
    pass


class FewerRows(DataRefused):
    pass


class SnapshotMissing(RollcallError):
    pass


class StorageFault(RollcallError):
    retryable: ClassVar[bool] = True


class StorageFull(StorageFault):
    pass


class StorageRefused(StorageFault):
    pass


class QueryFailed(RollcallError):
    pass


class Cancelled(RollcallError):
    pass


class StoreError(RollcallError):
    pass


class StoreUnavailable(StoreError):
    retryable: ClassVar[bool] = True


class StoreOutdated(StoreError):
    pass


class StoreTooNew(StoreError):
    pass


class EditConflict(StoreError):
    pass


class NameTaken(StoreError):
    pass


class SecretUnreadable(StoreError):
    pass


class DestinationError(RollcallError):
    pass


class KeysRefused(DestinationError):
    pass


class CallRefused(DestinationError):
    pass


class AudienceMissing(DestinationError):
    pass


class TooManyCalls(DestinationError):
    """Sent too fast; `retry_after_s` is what the platform asked for, in seconds, if it said."""

    retryable: ClassVar[bool] = True

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class PlatformFault(DestinationError):
    """The platform failed; `retry_after_s` is what it asked for, in seconds, if it said."""

    retryable: ClassVar[bool] = True

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class NetworkFault(DestinationError):
    retryable: ClassVar[bool] = True


class RunError(RollcallError):
    pass


class LeaseLost(RunError):
    pass


class RunRefused(RunError):
    pass


class LedgerMissing(RunError):
    pass


class PlanOutdated(RunError):
    pass
