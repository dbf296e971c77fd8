"""The DuckDB of a process: it reads snapshots, and can be made to do nothing else."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from core.data.instance import Instance, StoppableQuery, translated
from core.data.load import load_into
from core.errors import Cancelled, QueryFailed, RollcallError, SnapshotMissing
from core.settings import Settings
from tests.data.conftest import write_dataset


@pytest.fixture
def instance(home: Settings) -> Iterator[Instance]:
    for folder in (home.snapshots, home.plans, home.ledgers):
        folder.mkdir(parents=True)
    made = Instance(home, 0.1)
    yield made
    made.close()


def snapshot_of(folder: Path, home: Settings, name: str = "one", rows: int = 3) -> Path:
    target = home.snapshots / f"{name}.duckdb"
    people = "id\n" + "".join(f"{n}\n" for n in range(rows))
    load_into(write_dataset(folder, people=people), target)
    return target


def run(instance: Instance, sql: str) -> list[tuple[object, ...]]:
    with instance.cursor() as cursor:
        return cursor.execute(sql).fetchall()


LOCKED = [
    "SELECT * FROM '{outside}/secret.csv'",
    "SELECT * FROM read_csv('{outside}/secret.csv')",
    "SELECT content FROM read_text('{home}/snapshots/../secret.txt')",
    "SELECT content FROM read_blob('/proc/self/environ')",
    "SELECT * FROM glob('/etc/*')",
    "COPY (SELECT 1) TO '{outside}/out.csv'",
    "COPY (SELECT 1) TO '{home}/snapshots/../out.csv'",
    "EXPORT DATABASE '{outside}/all'",
    "ATTACH '{outside}/other.duckdb'",
    "ATTACH '{home}/snapshots/../other.duckdb'",
    "ATTACH '{outside}/other.db' (TYPE sqlite)",
    "SET GLOBAL memory_limit = '64GB'",
    "SET GLOBAL enable_external_access = true",
    "SET GLOBAL allowed_directories = ['/']",
    "SET GLOBAL temp_directory = '/'",
    "RESET GLOBAL allowed_directories",
    "SET GLOBAL lock_configuration = false",
    "SET python_enable_replacements = true",
    "INSTALL httpfs",
    "LOAD httpfs",
    "LOAD '{outside}/evil.duckdb_extension'",
    "SELECT * FROM 'https://example.org/x.parquet'",
]


@pytest.mark.parametrize("sql", LOCKED)
def test_whatever_it_is_asked_it_stays_inside(
    instance: Instance, home: Settings, tmp_path: Path, sql: str
) -> None:
    (tmp_path / "secret.csv").write_text("a,b\n1,2\n")
    (home.home / "secret.txt").write_text("s3cret")
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(duckdb.Error):
        run(instance, sql.format(outside=tmp_path, home=home.home))
    assert sorted(tmp_path.rglob("*")) == before


def test_it_sees_no_variable_of_python(instance: Instance) -> None:
    hidden = [(1,)]
    with pytest.raises(duckdb.CatalogException):
        run(instance, "SELECT * FROM hidden")
    assert hidden == [(1,)]


def test_a_snapshot_is_attached_to_read_only(
    instance: Instance, home: Settings, tmp_path: Path
) -> None:
    with instance.snapshot(snapshot_of(tmp_path, home)) as snapshot:
        table = f'{snapshot.alias}."people"'
        assert run(instance, f"SELECT count(*) FROM {table}") == [(3,)]
        for sql in (
            f"DROP TABLE {table}",
            f"DELETE FROM {table}",
            f"ALTER TABLE {table} ADD x INT",
        ):
            with pytest.raises(duckdb.Error, match="read-only"):
                run(instance, sql)


def test_readers_of_one_snapshot_share_it_until_the_last_one_leaves(
    instance: Instance, home: Settings, tmp_path: Path
) -> None:
    path = snapshot_of(tmp_path, home)
    with instance.snapshot(path) as first:
        with instance.snapshot(path) as second:
            assert second.alias == first.alias
        assert run(instance, f'SELECT count(*) FROM {first.alias}."people"') == [(3,)]
    with pytest.raises(duckdb.Error):
        run(instance, f'SELECT count(*) FROM {first.alias}."people"')


def test_a_snapshot_that_is_swept_stays_readable_to_who_has_it_open(
    instance: Instance, home: Settings, tmp_path: Path
) -> None:
    path = snapshot_of(tmp_path, home, rows=50_000)
    with instance.snapshot(path) as snapshot:
        path.unlink()
        assert run(instance, f'SELECT count(DISTINCT id) FROM {snapshot.alias}."people"') == [
            (50_000,)
        ]
    with (
        pytest.raises(SnapshotMissing, match="is gone from the disk: load the data again"),
        instance.snapshot(path),
    ):
        pass


def test_a_result_read_half_does_not_keep_the_next_snapshot_from_opening(
    instance: Instance, home: Settings, tmp_path: Path
) -> None:
    one = snapshot_of(tmp_path, home, rows=50_000)
    other = snapshot_of(tmp_path, home, "two", rows=7)
    with instance.cursor() as cursor, instance.snapshot(one) as snapshot:
        cursor.execute(f'SELECT * FROM {snapshot.alias}."people"').fetchone()
        with instance.snapshot(other) as second:
            assert run(instance, f'SELECT count(*) FROM {second.alias}."people"') == [(7,)]
    with instance.snapshot(one) as again:
        assert run(instance, f'SELECT count(*) FROM {again.alias}."people"') == [(50_000,)]


def test_two_instances_read_one_snapshot(
    home: Settings, instance: Instance, tmp_path: Path
) -> None:
    path, other = snapshot_of(tmp_path, home), Instance(home, 0.1)
    with instance.snapshot(path) as one, other.snapshot(path) as two:
        assert run(instance, f'SELECT count(*) FROM {one.alias}."people"') == [(3,)]
        assert run(other, f'SELECT count(*) FROM {two.alias}."people"') == [(3,)]
    other.close()


def no_database(path: Path) -> None:
    path.write_bytes(b"hello" * 1000)


def no_snapshot(path: Path) -> None:
    duckdb.connect(str(path)).close()


def cut_short(path: Path) -> None:
    duckdb.connect(str(path)).close()
    path.write_bytes(path.read_bytes()[:5000])


@pytest.mark.parametrize("spoil", [no_database, no_snapshot, cut_short])
def test_a_file_that_is_no_snapshot_is_refused_and_what_to_do_is_said(
    instance: Instance, home: Settings, spoil: object
) -> None:
    assert callable(spoil)
    path = home.snapshots / "x.duckdb"
    spoil(path)
    with pytest.raises(SnapshotMissing, match="load the data again"), instance.snapshot(path):
        pass
    assert run(instance, "SELECT 1") == [(1,)]


def test_its_scratch_folder_is_gone_with_it(home: Settings) -> None:
    instance = Instance(home, 0.1)
    assert len(list(home.scratch.iterdir())) == 2
    instance.close()
    assert list(home.scratch.iterdir()) == []


ERRORS: list[tuple[duckdb.Error, type[RollcallError], str]] = [
    (duckdb.InterruptException("INTERRUPT Error: Interrupted!"), Cancelled, "stopped"),
    (duckdb.OutOfMemoryException("Out of Memory Error: x"), QueryFailed, "ROLLCALL_MEMORY"),
    (duckdb.BinderException("Binder Error: no\ncolumn x"), QueryFailed, r"not answer: no$"),
]


@pytest.mark.parametrize(("raised", "told", "said"), ERRORS)
def test_errors_of_the_engine_are_told_as_ours(
    raised: duckdb.Error, told: type[RollcallError], said: str
) -> None:
    with pytest.raises(told, match=said), translated():
        raise raised


def test_questions_after_the_end_are_given_up(instance: Instance) -> None:
    instance.close()
    with pytest.raises(Cancelled), instance.cursor():
        pass


LONG = "SELECT count(*) FROM range(20000000000) WHERE range % 7 = 3"


class Asker:
    """Asks in a thread of its own, under a question or under none; `came` is what came of it."""

    def __init__(
        self, instance: Instance, question: StoppableQuery | None, sql: str = LONG
    ) -> None:
        self.came: object = None
        self._instance = instance
        self._question = question
        self._thread = threading.Thread(target=self._ask, args=(sql,), daemon=True)
        self._thread.start()

    def _ask(self, sql: str) -> None:
        try:
            if self._question is None:
                self.came = self._answer(sql)
            else:
                with self._instance.asking(self._question):
                    self.came = self._answer(sql)
        except RollcallError as error:
            self.came = error

    def _answer(self, sql: str) -> object:
        with self._instance.cursor() as cursor, translated():
            return cursor.execute(sql).fetchall()

    def ended(self) -> object:
        """Return what came of it, once it did."""
        self._thread.join(10)
        assert not self._thread.is_alive()
        return self.came


def until_asked(instance: Instance, askers: int = 1) -> None:
    """Wait until that many statements are being answered."""
    while len(instance._cursors) < askers:
        time.sleep(0.005)
    time.sleep(0.05)


def test_a_question_can_be_stopped_while_it_is_answered(instance: Instance) -> None:
    question = StoppableQuery()
    asker = Asker(instance, question)
    until_asked(instance)
    question.stop()
    assert isinstance(asker.ended(), Cancelled)
    assert run(instance, "SELECT 1") == [(1,)]


def test_a_stopped_question_is_not_asked_at_all(instance: Instance) -> None:
    question = StoppableQuery()
    question.stop()
    with instance.asking(question):
        for _ in range(2):
            with pytest.raises(Cancelled, match="given up"):
                run(instance, "SELECT 1")
    assert run(instance, "SELECT 1") == [(1,)]


def test_stopping_one_question_leaves_those_of_other_threads(instance: Instance) -> None:
    questions = [StoppableQuery(), StoppableQuery()]
    stopped, other = (Asker(instance, question) for question in questions)
    unasked = Asker(instance, None)
    until_asked(instance, 3)
    questions[0].stop()
    assert isinstance(stopped.ended(), Cancelled)
    assert other.came is None and unasked.came is None
    instance.interrupt()
    assert isinstance(other.ended(), Cancelled) and isinstance(unasked.ended(), Cancelled)


def test_a_question_stopped_late_changes_nothing(instance: Instance) -> None:
    question = StoppableQuery()
    with instance.asking(question):
        assert run(instance, "SELECT 1") == [(1,)]
    question.stop()
    question.stop()
    assert run(instance, "SELECT 2") == [(2,)]


def test_a_question_within_a_question_gives_way_to_the_outer_one(instance: Instance) -> None:
    outer, inner = StoppableQuery(), StoppableQuery()
    with instance.asking(outer):
        with instance.asking(inner):
            run(instance, "SELECT 1")
        outer.stop()
        with pytest.raises(Cancelled):
            run(instance, "SELECT 2")


def test_a_statement_within_another_leaves_the_outer_one_to_be_stopped(instance: Instance) -> None:
    question = StoppableQuery()
    with instance.asking(question), instance.cursor() as outer:
        assert run(instance, "SELECT 1") == [(1,)]
        threading.Timer(0.2, question.stop).start()
        with pytest.raises(Cancelled), translated():
            outer.execute(LONG)


def test_a_question_is_answered_as_any_other_where_nobody_stops_it(instance: Instance) -> None:
    asker = Asker(instance, StoppableQuery(), "SELECT 7")
    assert asker.ended() == [(7,)]


def test_the_end_stops_what_is_being_answered_and_leaves_nothing_behind(home: Settings) -> None:
    instance = Instance(home, 0.1)
    askers = [Asker(instance, question) for question in (StoppableQuery(), None)]
    until_asked(instance, 2)
    instance.close()
    assert [type(asker.ended()) for asker in askers] == [Cancelled, Cancelled]
    assert list(home.scratch.iterdir()) == []


def test_the_end_can_come_twice(home: Settings) -> None:
    instance = Instance(home, 0.1)
    instance.close()
    instance.close()


def test_a_snapshot_can_be_left_after_the_end(
    instance: Instance, home: Settings, tmp_path: Path
) -> None:
    path = snapshot_of(tmp_path, home)
    with instance.snapshot(path):
        instance.close()
    with pytest.raises(Cancelled), instance.snapshot(path):
        pass
