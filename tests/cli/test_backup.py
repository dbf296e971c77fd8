"""`backup` and `restore`: what they hold, what they say, what they refuse."""

import fcntl
import json
import os
import shutil
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import SecretStr

from core.cli.context import MEMORY_SHARE
from core.errors import UsageError
from core.settings import Settings
from core.store.activity import count_activity
from core.store.database import Store, boot_id, open_store
from core.store.processes import add_process, list_processes
from core.workspace.backup_folder import NOTE
from core.workspace.restore import restore_backup
from tests.cli.example import SUMMER, WINTER
from tests.cli.terminal import Terminal
from tests.full_disk import largest_file
from tests.stand_in import StandInServer

RUN = ("activations", "run", "active_to_file", "--now")


@pytest.fixture
def saved(terminal: Terminal) -> Path:
    """Give a backup of the example after a run."""
    terminal.run(*RUN, WINTER)
    return Path(terminal.json("backup")["folder"])


@pytest.fixture
def elsewhere(terminal: Terminal, tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """Give a terminal over another home that holds nothing."""
    return Terminal(tmp_path_factory.mktemp("elsewhere"))


def ledger(terminal: Terminal) -> tuple[str, int, int]:
    with closing(sqlite3.connect(terminal.home / "store.db")) as store:
        query = "SELECT ledger_file, ledger_rows, ledger_unknown FROM audiences WHERE ledger_rows"
        file, rows, unknown = store.execute(query).fetchone()
    assert (terminal.home / "ledgers" / file).is_file()
    return file, rows, unknown


def test_a_backup_holds_all_but_the_key_and_what_is_made_again(saved: Path) -> None:
    assert {each.name for each in saved.iterdir()} == {
        "store.db",
        "ledgers",
        "plans",
        "uploads",
        NOTE,
    }
    assert list((saved / "ledgers").iterdir()) and list((saved / "plans").iterdir())


def test_a_backup_stands_beside_the_home_for_its_owner_alone(
    saved: Path, terminal: Terminal
) -> None:
    assert saved.parent == terminal.folder / "backup"
    made = [saved.parent, saved, *saved.rglob("*")]
    assert not any(each.stat().st_mode & 0o077 for each in made)


def test_it_says_what_was_saved_how_large_and_that_the_key_is_not(terminal: Terminal) -> None:
    said = terminal.run("backup", terminal.path("disk")).out.splitlines()
    assert said[0].startswith(f"Saved to {terminal.path('disk')}/2")
    assert said[1].split()[:1] == ["store.db"] and said[1].endswith("kB")
    assert "key that opens the secrets is not in it" in said[-1]
    assert str(terminal.home / "key") in said[-1]


def test_a_folder_in_the_home_is_refused(terminal: Terminal) -> None:
    refused = terminal.refused("backup", terminal.home / "backup", exit=2)
    assert "lies in the home" in refused and not (terminal.home / "backup").exists()


@pytest.mark.parametrize("command", ["backup", "restore"])
@pytest.mark.parametrize("name", ["", " "])
def test_a_folder_without_a_name_is_refused(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, name: str
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    assert "name of the folder is empty" in terminal.refused(command, name, exit=2)
    assert list(here.iterdir()) == []


def test_a_home_that_holds_nothing_has_nothing_to_back_up(elsewhere: Terminal) -> None:
    assert "nothing to back up" in elsewhere.refused("backup", exit=2)
    assert not elsewhere.home.exists()


def test_too_little_room_is_said_before_anything_is_copied(terminal: Terminal) -> None:
    upload = terminal.home / "uploads" / "huge.csv"
    upload.touch()
    os.truncate(upload, shutil.disk_usage(terminal.folder).total)
    assert "are free there" in terminal.refused("backup")
    assert list(terminal.path("backup").iterdir()) == []


def test_a_copy_that_breaks_off_leaves_nothing_and_says_where(terminal: Terminal) -> None:
    with largest_file(50_000):
        assert f"{terminal.path('backup')}/" in terminal.refused("backup")
    assert list(terminal.path("backup").iterdir()) == []


def test_what_a_killed_backup_left_is_removed_by_the_next(terminal: Terminal) -> None:
    left = terminal.path("backup") / ".rollcall-1.part"
    left.mkdir(parents=True)
    terminal.json("backup")
    assert len(list(terminal.path("backup").iterdir())) == 1


@pytest.mark.parametrize(("folder", "exit"), [("/proc/none", 1), ("/dev/null", 2)])
def test_a_folder_that_cannot_be_made_is_said(folder: str, exit: int, terminal: Terminal) -> None:
    assert folder in terminal.refused("backup", folder, exit=exit)


def test_a_file_that_cannot_be_read_is_named(terminal: Terminal) -> None:
    loop = terminal.home / "uploads" / "loop"
    loop.symlink_to(loop)
    assert f"{loop} cannot be read" in terminal.refused("backup")
    assert list(terminal.path("backup").iterdir()) == []


def test_a_restored_home_has_segments_lists_and_history(
    saved: Path, elsewhere: Terminal, terminal: Terminal
) -> None:
    assert elsewhere.run("restore", saved).exit == 0
    before = terminal.json("runs", "list")["runs"]
    assert elsewhere.json("runs", "list")["runs"] == before
    assert elsewhere.home.stat().st_mode & 0o077 == 0


def test_every_list_is_sent_once_more_after_a_restore(
    saved: Path, elsewhere: Terminal, terminal: Terminal
) -> None:
    lists = (terminal.folder / "lists" / "active.csv").read_text()
    elsewhere.run("restore", saved)
    assert ledger(elsewhere)[1:] == (2, 2) and ledger(terminal)[1:] == (2, 0)
    elsewhere.run("load", terminal.path("dataset.toml"))
    counts = elsewhere.json(*RUN, WINTER)["counts"]
    assert (counts["resent"], counts["adds"], counts["removes"]) == (2, 0, 0)
    assert ledger(elsewhere)[1:] == (2, 0)
    assert (terminal.folder / "lists" / "active.csv").read_text() == lists


def test_who_left_after_the_backup_comes_back_into_the_list(
    saved: Path, elsewhere: Terminal, terminal: Terminal
) -> None:
    run = terminal.run(*RUN, SUMMER, "--json").json["run_id"]
    terminal.run("runs", "approve", run)
    shutil.rmtree(terminal.home)
    elsewhere.run("restore", saved)
    elsewhere.run("load", terminal.path("dataset.toml"))
    elsewhere.run(*RUN, WINTER)
    listed = (terminal.folder / "lists" / "active.csv").read_text().splitlines()
    assert listed == ["id", "00001", "c4"]


def test_without_the_key_it_says_which_secrets_to_give_again(
    saved: Path, elsewhere: Terminal
) -> None:
    said = elsewhere.run("restore", saved).out
    assert "cannot be read without it: crm (Project key, REST API key)." in said
    assert str(elsewhere.home / "key") in said and "the page Destinations" in said


def test_notes_for_programs_are_sentences_without_layout(saved: Path, elsewhere: Terminal) -> None:
    notes = elsewhere.json("restore", saved)["notes"]
    assert [note for note in notes if note != note.strip()] == []
    assert any(note.startswith("With a copy of the key: ") for note in notes)


def test_a_key_that_was_put_back_first_opens_all(
    saved: Path, elsewhere: Terminal, terminal: Terminal, stand_in: StandInServer
) -> None:
    shutil.copytree(terminal.home / "key", elsewhere.home / "key")
    assert "all 2 stored secrets can be read" in elsewhere.run("restore", saved).out
    assert elsewhere.run("destinations", "test", "crm").exit == 0


def test_the_data_is_queued_to_be_loaded_again(
    saved: Path, elsewhere: Terminal, terminal: Terminal
) -> None:
    done = elsewhere.json("restore", saved)
    assert done["source"] == str(terminal.path("dataset.toml"))
    with closing(sqlite3.connect(elsewhere.home / "store.db")) as store:
        assert store.execute("SELECT state FROM loads").fetchall() == [("queued",)]


def test_data_whose_files_are_gone_is_said(
    saved: Path, elsewhere: Terminal, terminal: Terminal
) -> None:
    terminal.path("dataset.toml").unlink()
    assert "dataset.toml, which is not there" in elsewhere.run("restore", saved).out


def test_doctor_is_content_after_a_restore_and_a_load(
    saved: Path, elsewhere: Terminal, terminal: Terminal
) -> None:
    shutil.copytree(terminal.home / "key", elsewhere.home / "key")
    with closing(sqlite3.connect(saved / "store.db")) as store, store:
        store.execute(
            "INSERT INTO processes VALUES ('p', 'another', 'boot', 1, 'scheduler', '/none',"
            " '2026-01-01', '2026-01-01')"
        )
    elsewhere.run("restore", saved)
    elsewhere.run("load", terminal.path("dataset.toml"))
    answer = elsewhere.run("doctor", "--json")
    marks = {each["what"]: each["mark"] for each in answer.json["findings"]}
    assert answer.exit == 0 and marks["hosts"] == marks["ledgers"] == marks["key"] == "ok"


def test_a_home_that_holds_something_is_refused(saved: Path, terminal: Terminal) -> None:
    assert "is not empty: it holds ledgers" in terminal.refused("restore", saved, exit=2)


def test_a_home_that_processes_run_over_is_refused(saved: Path, elsewhere: Terminal) -> None:
    (elsewhere.home / "processes").mkdir(parents=True)
    with (elsewhere.home / "processes" / "one.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "is running over" in elsewhere.refused("restore", saved, exit=2)
    assert elsewhere.run("restore", saved).exit == 0


def test_what_is_no_backup_is_refused_and_a_near_one_named(
    saved: Path, elsewhere: Terminal
) -> None:
    assert f"Did you mean {saved}?" in elsewhere.refused("restore", saved.parent, exit=2)
    assert "is no backup" in elsewhere.refused("restore", "/nowhere", exit=2)
    assert not elsewhere.home.exists()


@pytest.mark.parametrize(
    "note",
    [
        {"format": 1, "made_at": 7, "has_store": True},
        {"format": 1, "made_at": "yesterday", "has_store": True},
        {"format": 1, "made_at": "2026-11-25T13:00:00", "has_store": True},
        {"format": 1, "made_at": "2026-11-25T13:00:00+00:00", "has_store": "no"},
        {"format": 2, "made_at": "2026-11-25T13:00:00+00:00", "has_store": True},
        [],
    ],
)
def test_a_note_that_rollcall_did_not_write_is_no_backup(
    note: object, saved: Path, elsewhere: Terminal
) -> None:
    (saved / NOTE).write_text(json.dumps(note))
    assert "is no backup" in elsewhere.refused("restore", saved, exit=2)
    assert not elsewhere.home.exists()


def activity(store: Store) -> int:
    with store.read() as session:
        return count_activity(session)


def files_in(home: Path) -> list[Path]:
    return [each for each in home.rglob("*") if each.is_file()]


def test_a_damaged_backup_is_said_and_leaves_the_home_empty(
    saved: Path, elsewhere: Terminal
) -> None:
    (saved / "store.db").write_bytes(b"no store at all" * 100)
    assert f"The backup {saved} is damaged" in elsewhere.refused("restore", saved)
    assert files_in(elsewhere.home) == []


def test_a_backup_without_its_store_is_said_to_be_incomplete(
    saved: Path, elsewhere: Terminal
) -> None:
    (saved / "store.db").unlink()
    assert f"The backup {saved} is incomplete" in elsewhere.refused("restore", saved, exit=2)
    assert files_in(elsewhere.home) == []


def test_a_restore_that_fails_at_its_very_end_leaves_the_home_empty(
    saved: Path, elsewhere: Terminal
) -> None:
    unmade = Terminal(elsewhere.folder, {"ROLLCALL_DATABASE_URL": "sqlite:////proc/none/store.db"})
    assert "/proc/none cannot be written" in unmade.refused("restore", saved)
    assert files_in(elsewhere.home) == []
    assert elsewhere.run("restore", saved).exit == 0


def test_a_list_whose_ledger_is_not_in_the_backup_is_named(
    saved: Path, elsewhere: Terminal
) -> None:
    shutil.rmtree(saved / "ledgers")
    done = elsewhere.json("restore", saved)
    assert (done["lists"], done["lists_without_ledger"]) == (0, ["active"])
    assert "Lists that cannot run: active." in " ".join(done["notes"])


def test_postgresql_is_saved_by_pg_dump_and_its_files_by_backup(
    new_postgres_store: Settings, tmp_path: Path
) -> None:
    url = new_postgres_store.database_url
    assert url is not None
    terminal = Terminal(tmp_path, {"ROLLCALL_DATABASE_URL": url.get_secret_value()})
    with closing(open_store(new_postgres_store)):
        said = terminal.run("backup")
    assert "pg_dump" in said.out and said.exit == 0
    (made,) = terminal.path("backup").iterdir()
    assert {each.name for each in made.iterdir()} == {NOTE}


def test_files_of_postgresql_want_their_database_back_first(
    new_postgres_store: Settings, postgres_url: str, tmp_path: Path
) -> None:
    terminal = Terminal(tmp_path, {"ROLLCALL_DATABASE_URL": postgres_url})
    made = terminal.json("backup")["folder"]
    refused = terminal.refused("restore", made, exit=2)
    assert "is empty: restore it from its own backup first" in refused
    on_sqlite = Terminal(tmp_path)
    assert "beside a store in PostgreSQL" in on_sqlite.refused("restore", made, exit=2)


def test_files_that_cannot_be_put_back_leave_postgresql_as_it_was(
    new_postgres_store: Settings, tmp_path: Path
) -> None:
    url = new_postgres_store.database_url
    assert url is not None
    terminal = Terminal(tmp_path, {"ROLLCALL_DATABASE_URL": url.get_secret_value()})
    terminal.home.mkdir()
    with closing(sqlite3.connect(terminal.home / "stand-in.db")):
        made = terminal.json("backup")["folder"]
    (terminal.home / "stand-in.db").unlink()
    (terminal.home / "stand-in.db").mkdir()
    with closing(open_store(new_postgres_store)) as store:
        before = activity(store)
        assert "stand-in.db" in terminal.refused("restore", made)
        assert activity(store) == before and files_in(terminal.home) == []


def test_a_postgresql_that_processes_use_is_refused(
    new_postgres_store: Settings, tmp_path: Path
) -> None:
    url = new_postgres_store.database_url
    assert url is not None
    terminal = Terminal(tmp_path, {"ROLLCALL_DATABASE_URL": url.get_secret_value()})
    made = Path(terminal.json("backup")["folder"])
    lock_file = tmp_path / "one.lock"
    with closing(open_store(new_postgres_store)) as store, store.write("test") as session:
        add_process(
            session,
            "one",
            host=socket.gethostname(),
            boot_id=boot_id(),
            pid=1,
            role="scheduler",
            lock_file=str(lock_file),
        )
    with lock_file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "is running over" in terminal.refused("restore", made, exit=2)
    assert terminal.run("restore", made).exit == 0
    with closing(open_store(new_postgres_store)) as store, store.read() as session:
        assert list_processes(session) == ()


def test_a_backup_of_sqlite_is_not_put_beside_postgresql(saved: Path, elsewhere: Terminal) -> None:
    settings = Settings(home=elsewhere.home, database_url=SecretStr("postgresql://none/none"))
    with pytest.raises(UsageError, match="leave that variable out"):
        restore_backup(settings, saved, "test", MEMORY_SHARE)
