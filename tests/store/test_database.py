"""What opening, reading and writing the store promises, on both databases."""

import shutil
import stat
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, StatementError

from core.errors import StorageFull, StoreError, StoreUnavailable, UsageError
from core.settings import Settings
from core.store import engine as engine_module
from core.store.activations import get_activation, set_next_run
from core.store.activity import list_activity
from core.store.database import Store, migrate, open_store
from core.store.workspace import get_workspace, name_workspace, pause_everything
from tests.store.example import ANN, furnish
from tests.sync.scripted import FakeClock


def test_a_new_store_has_a_workspace(store: Store) -> None:
    with store.read() as session:
        assert get_workspace(session).everything_paused is False


def test_a_write_names_its_actor(store: Store) -> None:
    with store.write(ANN) as session:
        pause_everything(session)
    with store.read() as session:
        assert get_workspace(session).paused_by == ANN
        assert list_activity(session)[0].actor == ANN


def test_a_write_without_an_actor_is_refused(store: Store) -> None:
    with pytest.raises(UsageError), store.write(""):
        pass


def test_a_failed_write_changes_nothing(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.write(ANN) as session:
        name_workspace(session, "Other", "guests")
        _ = 1 / 0
    with store.read() as session:
        assert get_workspace(session).name == "Rollcall"
        assert list_activity(session) == ()


def test_a_reading_session_cannot_write(store: Store) -> None:
    with pytest.raises((StoreError, DBAPIError)), store.read() as session:
        session.connection().execute(text("UPDATE workspace SET name = 'x'"))


def test_on_postgresql_a_read_sees_one_state_to_its_end(postgres_url: str, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database_url=SecretStr(postgres_url))
    store, other = open_store(settings), open_store(settings)
    with store.read() as session:
        assert get_workspace(session).name == "Rollcall"
        with other.write(ANN) as writing:
            name_workspace(writing, "Other", "guests")
        session.expire_all()
        assert get_workspace(session).name == "Rollcall"
    store.close()
    other.close()


def test_a_thread_that_would_wait_for_itself_is_told(store: Store) -> None:
    with (
        pytest.raises(RuntimeError, match="second session"),
        store.read(),
        store.write(ANN),
    ):
        pass


def test_times_come_back_aware_and_in_utc(store: Store) -> None:
    given = datetime(2026, 3, 29, 2, 30, tzinfo=timezone(timedelta(hours=2)))
    vip = furnish(store)
    with store.write(ANN) as session:
        set_next_run(session, vip.id, given)
    with store.read() as session:
        found = get_activation(session, vip.key).next_run_at
    assert found == given
    assert found is not None and found.tzinfo is UTC


def test_a_naive_time_is_refused(store: Store) -> None:
    vip = furnish(store)
    with pytest.raises(StatementError, match="no time zone"), store.write(ANN) as session:
        set_next_run(session, vip.id, datetime(2026, 1, 1))


def test_all_times_come_from_a_clock_that_is_given(store_settings: Settings) -> None:
    clock = FakeClock()
    store = open_store(store_settings, clock)
    clock.sleep(90)
    with store.read() as session:
        assert session.now() == clock.now()
        assert session.tick().seconds == 90
    store.close()


def test_without_one_the_machine_or_the_database_gives_the_time(store: Store) -> None:
    with store.read() as session:
        first, moment, second = session.tick(), session.now(), session.tick()
    assert abs(moment - datetime.now(UTC)) < timedelta(seconds=10)
    assert first.boot_id == second.boot_id
    assert 0 <= second.seconds - first.seconds < 10


def test_a_store_that_is_locked_says_so(
    store_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "BUSY_TIMEOUT_S", 0.2)
    first, second = open_store(store_settings), open_store(store_settings)
    with (
        first.write(ANN),
        pytest.raises(StoreUnavailable, match="locked by another process"),
        second.write("bob"),
    ):
        pass
    first.close()
    second.close()


def test_a_full_disk_says_so(tmp_path: Path) -> None:
    store = open_store(Settings(home=tmp_path))
    with pytest.raises(StorageFull, match="is full"), store.write(ANN) as session:
        session.connection().execute(text("PRAGMA max_page_count=1"))
        name_workspace(session, "x" * 1_000_000, "people")
    store.close()


def test_a_server_out_of_reach_is_told_without_its_password() -> None:
    url = "postgresql://ann:s3cret@127.0.0.1:1/roll?password=s3cret"
    with pytest.raises(StoreUnavailable, match=r"127\.0\.0\.1:1/roll.*out of reach") as told:
        open_store(Settings(database_url=SecretStr(url)))
    assert "s3cret" not in str(told.value)


@pytest.mark.parametrize("url", ["mysql://h/d", "nonsense", "sqlite://", "sqlite:///:memory:"])
def test_a_url_of_something_else_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="ROLLCALL_DATABASE_URL"):
        open_store(Settings(database_url=SecretStr(url)))


def test_a_sqlite_store_may_stand_anywhere(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "own.db"
    store = open_store(Settings(home=tmp_path, database_url=SecretStr(f"sqlite:///{file}")))
    assert store.place == str(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    store.close()


def test_a_home_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailable, match=r"cannot be made.*Not a directory"):
        open_store(Settings(home=tmp_path / "file" / "home"))


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_bytes(b"Dear diary, " * 100)
    for opening in (open_store, migrate):
        with pytest.raises(StoreError, match="not a store or is damaged"):
            opening(Settings(home=tmp_path))


def test_sqlite_syncs_fully_and_holds_references(tmp_path: Path) -> None:
    store = open_store(Settings(home=tmp_path))
    with store.read() as session:
        pragmas = {
            name: session.connection().execute(text(f"PRAGMA {name}")).scalar()
            for name in ("synchronous", "foreign_keys", "journal_mode", "busy_timeout")
        }
        version = session.connection().execute(text("SELECT sqlite_version()")).scalar_one()
    major, minor, patch = (int(part) for part in version.split("."))
    mode = engine_module.journal_mode((major, minor, patch))
    assert pragmas == {
        "synchronous": 2,
        "foreign_keys": 1,
        "journal_mode": mode,
        "busy_timeout": 20_000,
    }
    store.close()


def test_a_store_that_somebody_moved_away_is_said_until_it_is_back(
    new_sqlite_store: Settings, tmp_path: Path
) -> None:
    with closing(open_store(new_sqlite_store)) as store:
        file = new_sqlite_store.home / "store.db"
        file.rename(tmp_path / "aside.db")
        with pytest.raises(StoreUnavailable, match="is gone"), store.read():
            pass
        with pytest.raises(StoreUnavailable, match="is gone"), store.write(ANN):
            pass
        assert not file.exists()
        (tmp_path / "aside.db").rename(file)
        with store.write(ANN) as session:
            assert get_workspace(session).name == "Rollcall"


def test_a_store_that_is_another_file_now_is_not_written_to(new_sqlite_store: Settings) -> None:
    file = new_sqlite_store.home / "store.db"
    with closing(open_store(new_sqlite_store)) as store:
        shutil.copy(file, file.with_suffix(".copy"))
        file.with_suffix(".copy").rename(file)
        with pytest.raises(StoreError, match="was replaced"), store.write(ANN):
            pass
