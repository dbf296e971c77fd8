"""The DuckDB of a process: it reads snapshots, and can be made to do nothing else."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from core.data.instance import Instance, translated
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
        pytest.raises(SnapshotMissing, match="is gone: load the data again"),
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
