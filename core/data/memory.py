"""How much memory this process may take, with the limits of a container counted in."""

import os
from collections.abc import Iterator
from pathlib import Path

_UNLIMITED = 1 << 60


def machine_memory(proc: Path = Path("/proc"), cgroups: Path = Path("/sys/fs/cgroup")) -> int:
    """Return the bytes of memory that all of this machine or container has.

    Source: Linux, Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst.
    """
    return min([_physical(proc), *_cgroup_limits(proc, cgroups)])


def memory_limit(share: float, chosen: str | None) -> str:
    """Return DuckDB's memory limit: the chosen one, or that share of the machine.

    >>> memory_limit(0.25, "2GB")
    '2GB'
    """
    if chosen:
        return chosen
    return f"{max(int(machine_memory() * share) >> 20, 64)}MiB"


def _physical(proc: Path) -> int:
    try:
        for line in (proc / "meminfo").read_text().splitlines():
            if line.startswith("MemTotal:"):
                return int(line.split()[1]) * 1024
    except OSError:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return _UNLIMITED


def _cgroup_limits(proc: Path, cgroups: Path) -> Iterator[int]:
    try:
        lines = (proc / "self" / "cgroup").read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, group = line.split(":", 2)
        if controllers == "":
            yield from _limits_upwards(cgroups, group, "memory.max")
        elif "memory" in controllers.split(","):
            yield from _limits_upwards(cgroups / "memory", group, "memory.limit_in_bytes")


def _limits_upwards(root: Path, group: str, name: str) -> Iterator[int]:
    parts = [part for part in group.split("/") if part not in ("", "..")]
    for depth in range(len(parts) + 1):
        try:
            text = root.joinpath(*parts[:depth], name).read_text().strip()
        except OSError:
            continue
        if text.isdigit():
            yield int(text)
