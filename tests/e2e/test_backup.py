"""What `make run` is going over is saved, lost and put back, practice lists included."""

import shutil
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from core.settings import Settings
from core.store.audiences import list_audiences
from core.store.database import Store, open_store
from core.store.loads import LoadState, list_loads
from tests.e2e.processes import running_rollcall, wait_for_list
from tests.journey.commands import Commands
from tests.sync.parquet import read_rows
from tests.worker.home import wait_until

pytestmark = pytest.mark.xdist_group("browser")
QUIETLY = {"ROLLCALL_MEMORY": "300MB"}
LIST = "vips_about_to_lapse"


def ledger(store: Store) -> set[str]:
    with store.read() as session:
        (audience,) = list_audiences(session)
    file = store.settings.ledgers / str(audience.ledger_file)
    with duckdb.connect() as connection:
        return {str(id_) for (id_,) in read_rows(connection, file, "id")}


def is_refreshed(store: Store) -> bool:
    with store.read() as session:
        loads = list_loads(session)
    return bool(loads) and loads[0].state is LoadState.LOADED


@pytest.mark.soak
def test_the_sample_shop_and_its_list_survive_the_loss_of_the_home(tmp_path: Path) -> None:
    home, commands = tmp_path / "home", Commands(tmp_path / "home", QUIETLY)
    with running_rollcall(home, **QUIETLY) as rollcall:
        assert wait_for_list(rollcall) > 100
        saved = commands.json("backup", tmp_path / "disk")["folder"]
        rollcall.end()
        shutil.move(home, tmp_path / "lost")
        commands.json("restore", saved)
        shutil.copytree(tmp_path / "lost" / "key", home / "key")
        rollcall.start()
        with closing(open_store(Settings(home=home))) as store:
            wait_until(lambda: is_refreshed(store), 60, "the data was not loaded again")
            done = commands.json("activations", "run", LIST)
            assert done["state"] == "succeeded" and done["counts"]["resent"] > 100
            with rollcall.stand_in() as stand_in:
                assert ledger(store) == stand_in.members(LIST)
        findings = commands.json("doctor")["findings"]
    assert {each["mark"] for each in findings} <= {"ok", "warning"}, findings
