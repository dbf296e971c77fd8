"""What keeps a start from happening is told in a sentence that says what to do."""

import shutil
import socket
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import UsageError
from core.settings import Settings
from core.supervisor.obstacles import choose_ports, keep_port, only_one, refuse_full_disk
from core.supervisor.programs import Ports

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def test_a_full_disk_is_told_with_the_room_there_is(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(10**9, 0, 12_000_000))
    with pytest.raises(UsageError, match=r"Only 12 MB are free at .* ROLLCALL_HOME\."):
        refuse_full_disk(tmp_path / "not" / "there")


def test_the_app_s_port_that_is_taken_names_its_variable(tmp_path: Path, taken: int) -> None:
    with pytest.raises(UsageError, match=rf"Port {taken} .*ROLLCALL_PORT={taken + 1}\."):
        choose_ports(Settings(home=tmp_path, port=taken, sandbox_port=free_port()))


def test_the_stand_in_s_port_that_is_taken_names_its_variable(tmp_path: Path, taken: int) -> None:
    with pytest.raises(UsageError, match=rf"Port {taken} .*ROLLCALL_SANDBOX_PORT="):
        choose_ports(Settings(home=tmp_path, port=free_port(), sandbox_port=taken))


def test_the_stand_in_stays_where_the_home_s_lists_look_for_it(tmp_path: Path) -> None:
    first = free_port()
    settings = Settings(home=tmp_path, port=free_port())
    assert keep_port(settings, Ports(settings.port, first)) == first
    assert choose_ports(settings).stand_in == first
    assert keep_port(settings, Ports(settings.port, first + 1)) == first


def test_a_home_is_run_once_at_a_time(tmp_path: Path) -> None:
    with (
        only_one(tmp_path, "http://127.0.0.1:8501"),
        pytest.raises(UsageError, match=r"running over .* already, at http://127.0.0.1:8501"),
        only_one(tmp_path, "http://127.0.0.1:8501"),
    ):
        pass
    with only_one(tmp_path, "http://127.0.0.1:8501"):
        pass
