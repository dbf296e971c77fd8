"""Rights of files as others meet them: root passes over them, unless it lays that right down."""

import ctypes
import os
from collections.abc import Iterator
from contextlib import contextmanager

_VERSION = 0x20080522
_DAC_OVERRIDE, _DAC_READ_SEARCH = 1, 2
_Words = ctypes.c_uint32 * 6


@contextmanager
def as_others() -> Iterator[None]:
    """Let this thread, and those that it starts, meet the rights of files as anybody does."""
    if os.geteuid() != 0:
        yield
        return
    before = _capabilities()
    bound = ~(1 << _DAC_OVERRIDE | 1 << _DAC_READ_SEARCH)
    _set_capabilities([before[0] & bound, *before[1:]])
    try:
        yield
    finally:
        _set_capabilities(before)


def _capabilities() -> list[int]:
    """Return effective, permitted and inheritable capabilities, the low words first."""
    words = _Words()
    _call("capget", words)
    return list(words)


def _set_capabilities(words: list[int]) -> None:
    _call("capset", _Words(*words))


def _call(name: str, words: "ctypes.Array[ctypes.c_uint32]") -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    head = (ctypes.c_uint32 * 2)(_VERSION, 0)
    if getattr(libc, name)(head, words) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
