"""Migrations make the tables that the models say, and say what they did."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from pydantic import SecretStr
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from core.errors import StorageFault, StoreError, StoreOutdated, StoreTooNew
from core.settings import Settings
from core.store import upgrade as upgrade_module
from core.store.database import Store, migrate, open_store
from core.store.drafts import DraftKind, DraftView, find_draft
from core.store.engine import make_engine, store_url
from core.store.models import Workspace
from core.store.segments import get_segment
from core.store.upgrade import MIGRATIONS, known_revisions
from tests.full_disk import largest_file
from tests.store.example import TREE, furnish


def test_models_and_migrations_agree(store: Store) -> None:
    engine = make_engine(store_url(store.settings))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Workspace.metadata) == []
    engine.dispose()


def test_the_newest_file_is_the_newest_revision() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_heads() == [known_revisions()[-1]]


def test_migrating_a_new_store_changes_nothing(store: Store) -> None:
    assert "nothing was changed" in migrate(store.settings).sentence


def test_migrating_makes_a_store_where_there_is_none(store_settings: Settings) -> None:
    assert "A new store was made" in migrate(store_settings).sentence
    open_store(store_settings).close()


@pytest.fixture
def own_store(store_settings: Settings) -> Iterator[Store]:
    """Give a store that no other test sees: these change its tables."""
    opened = open_store(store_settings)
    yield opened
    opened.close()


LATER = '''"""A later revision."""

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{newest}"


def upgrade() -> None:
    with op.batch_alter_table("segments") as batch:
        batch.add_column(sa.Column("colour", sa.String(), nullable=True))
    {then}
'''


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Let the code become newer than the store."""

    def upgrade_code(then: str = "pass") -> None:
        migrations = tmp_path / "migrations"
        shutil.copytree(MIGRATIONS, migrations)
        newest = known_revisions()[-1]
        later = LATER.format(then=then, newest=newest)
        (migrations / "versions" / "9999_later.py").write_text(later)
        monkeypatch.setattr(upgrade_module, "MIGRATIONS", migrations)
        known_revisions.cache_clear()

    yield upgrade_code
    known_revisions.cache_clear()


OLD_DRAFT = (
    "INSERT INTO segment_drafts (id, segment_key, edited_from, name, kept, actor, updated_at) "
    "VALUES ('d1', 'vip', 3, 'VIP', '{}', 'ann', '2026-11-24 10:00:00.000000+00:00')"
)
OLD_DRAFT_VIEW = DraftView(
    "d1", DraftKind.SEGMENT, "vip", 3, "VIP", "{}", "ann", datetime(2026, 11, 24, 10, tzinfo=UTC)
)


def columns_of_segments(settings: Settings) -> set[str]:
    engine = make_engine(store_url(settings))
    found = {column["name"] for column in inspect(engine).get_columns("segments")}
    engine.dispose()
    return found


def test_an_older_store_asks_to_be_migrated(own_store: Store, later: Callable[[], None]) -> None:
    later()
    with pytest.raises(StoreOutdated, match="python -m core migrate"):
        open_store(own_store.settings)


def test_a_migration_keeps_what_was_there(own_store: Store, later: Callable[[], None]) -> None:
    furnish(own_store)
    before = known_revisions()[-1]
    later()
    assert f"from revision {before} to 9999" in migrate(own_store.settings).sentence
    migrated = open_store(own_store.settings)
    with migrated.read() as session:
        assert get_segment(session, "vip").tree == TREE
    migrated.close()
    assert "colour" in columns_of_segments(own_store.settings)


def test_drafts_of_segments_stay_when_there_are_drafts_of_every_kind(
    store_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = shutil.copytree(MIGRATIONS, tmp_path / "migrations")
    (earlier / "versions" / "0004_drafts_of_every_kind.py").unlink()
    with monkeypatch.context() as patch:
        patch.setattr(upgrade_module, "MIGRATIONS", earlier)
        known_revisions.cache_clear()
        with closing(open_store(store_settings)) as store, store.write("ann") as session:
            session.connection().execute(text(OLD_DRAFT))
    known_revisions.cache_clear()
    migrate(store_settings)
    with closing(open_store(store_settings)) as store, store.read() as session:
        assert find_draft(session, "d1", DraftKind.SEGMENT) == OLD_DRAFT_VIEW


def test_a_migration_of_sqlite_keeps_a_copy(tmp_path: Path, later: Callable[[], None]) -> None:
    settings = Settings(home=tmp_path / "home")
    open_store(settings).close()
    later()
    copy = migrate(settings).copy
    assert copy is not None and copy.stat().st_mode & 0o077 == 0
    at_copy = Settings(home=tmp_path, database_url=SecretStr(f"sqlite:///{copy}"))
    assert "colour" not in columns_of_segments(at_copy)


def test_a_copy_that_cannot_be_made_keeps_the_store_as_it_is(
    tmp_path: Path, later: Callable[[], None]
) -> None:
    settings = Settings(home=tmp_path / "home")
    open_store(settings).close()
    later()
    with largest_file(50_000), pytest.raises(StorageFault, match="nothing was migrated"):
        migrate(settings)
    assert "colour" not in columns_of_segments(settings)
    assert not list(settings.home.glob("*.unfinished"))


def test_a_migration_of_postgresql_says_who_backs_up(
    postgres_url: str, tmp_path: Path, later: Callable[[], None]
) -> None:
    settings = Settings(home=tmp_path / "home", database_url=SecretStr(postgres_url))
    open_store(settings).close()
    later()
    assert "its operator's" in migrate(settings).sentence


def test_a_migration_that_fails_changes_nothing(
    own_store: Store, later: Callable[[str], None]
) -> None:
    later("op.execute('SELECT nothing FROM nowhere')")
    with pytest.raises(DBAPIError):
        migrate(own_store.settings)
    assert "colour" not in columns_of_segments(own_store.settings)


def test_a_migration_that_breaks_references_is_undone(
    tmp_path: Path, later: Callable[[str], None]
) -> None:
    settings = Settings(home=tmp_path / "home")
    store = open_store(settings)
    furnish(store)
    store.close()
    later("op.execute('DELETE FROM destinations')")
    with pytest.raises(StoreError, match="point to nothing"):
        migrate(settings)
    assert "colour" not in columns_of_segments(settings)


def test_a_store_of_a_newer_version_is_left_alone(own_store: Store) -> None:
    with own_store.write("ann") as session:
        session.connection().execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for opening in (open_store, migrate):
        with pytest.raises(StoreTooNew, match="9999"):
            opening(own_store.settings)


def test_a_database_of_something_else_is_left_alone(store_settings: Settings) -> None:
    engine = make_engine(store_url(store_settings)).execution_options(rollcall_writes=True)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE orders (id INTEGER)"))
    engine.dispose()
    for opening in (open_store, migrate):
        with pytest.raises(StoreError, match=r"other tables \(orders\)"):
            opening(store_settings)
