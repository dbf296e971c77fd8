"""`doctor`, `migrate` and `sandbox`."""

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from core.settings import Settings
from core.store.database import open_store
from core.store.loads import LoadState, NewLoad, claim_load, end_load, queue_load
from core.store.models import Rate
from core.store.rates import ask_turn
from tests.cli.terminal import Answer, Terminal
from tests.stand_in import ROOT, StandInServer


def marks(answer: Answer) -> dict[str, str]:
    return {finding["what"]: finding["mark"] for finding in answer.json["findings"]}


def test_a_missing_scheduler_is_a_warning_and_exits_0(terminal: Terminal) -> None:
    answer = terminal.run("doctor", "--json")
    assert answer.exit == 0
    assert marks(answer)["scheduler"] == "warning"
    assert set(marks(answer).values()) == {"ok", "warning"}


def test_every_part_has_a_line(terminal: Terminal) -> None:
    lines = terminal.run("doctor").out.splitlines()
    found = {line.split(":")[0].split(maxsplit=1)[1] for line in lines}
    parts = {"home", "store", "snapshot", "key", "ledgers", "hosts", "scheduler", "pause", "disk"}
    assert found == parts | {"destination crm", "destination files"}


def test_a_gone_snapshot_is_a_fault_and_exits_1(terminal: Terminal) -> None:
    for file in (terminal.home / "snapshots").glob("*.duckdb"):
        file.unlink()
    answer = terminal.run("doctor", "--json")
    assert (answer.exit, marks(answer)["snapshot"]) == (1, "fault")


def test_a_paused_destination_is_a_fault(terminal: Terminal, hurried: StandInServer) -> None:
    hurried.faults("401:100%")
    terminal.run("activations", "run", "french_to_batch")
    answer = terminal.run("doctor", "--json")
    assert (answer.exit, marks(answer)["destination crm"]) == (1, "fault")


@pytest.mark.parametrize(("calls", "said", "mark"), [(0, "0%", "ok"), (62, "62%", "ok")])
def test_a_destination_says_how_busy_it_is(terminal, calls: int, said: str, mark: str) -> None:
    keep_busy(terminal, calls)
    answer = terminal.run("doctor", "--json")
    (crm,) = [each for each in answer.json["findings"] if each["what"] == "destination crm"]
    assert f"{said} busy in the last hour" in crm["sentence"] and crm["mark"] == mark
    listed = terminal.json("destinations", "list")["destinations"][0]
    assert (listed["key"], listed["busy_percent"]) == ("crm", calls)


def test_a_destination_that_can_hardly_do_more_is_a_warning(terminal: Terminal) -> None:
    keep_busy(terminal, 95)
    answer = terminal.run("doctor", "--json")
    assert marks(answer)["destination crm"] == "warning"
    assert "95% busy" in answer.out and "run less often" in answer.out


def keep_busy(terminal: Terminal, percent: int) -> None:
    """Take turns that filled so much of the last hour."""
    account = terminal.json("destinations", "list")["destinations"][0]["account"]
    store = open_store(Settings(home=terminal.home))
    with store.write("test") as session:
        for _ in range(percent):
            ask_turn(session, account, 36.0, urgent=False)
            session.get_one(Rate, account).next_at = 0.0
    store.close()


def test_a_load_that_failed_is_a_fault(terminal: Terminal) -> None:
    store = open_store(Settings(home=terminal.home))
    with store.write("scheduler") as session:
        queued = queue_load(session, NewLoad("dataset.toml", "schedule"))
        load = claim_load(session, queued.id, "p1")
        assert load and load.token
        end_load(session, load.id, load.token, LoadState.FAILED, error=ValueError("line 7: no."))
    store.close()
    answer = terminal.run("doctor", "--json")
    assert (answer.exit, marks(answer)["loads"]) == (1, "fault")
    assert "older data stays: line 7: no." in answer.out


def test_a_run_that_failed_is_a_fault_until_one_succeeds(terminal, hurried: StandInServer) -> None:
    hurried.faults("400@create:1,2,3,4")
    terminal.run("activations", "run", "french_to_batch")
    answer = terminal.run("doctor", "--json")
    assert (answer.exit, marks(answer)["activation french_to_batch"]) == (1, "fault")
    hurried.faults()
    terminal.json("activations", "run", "french_to_batch")
    assert "activation french_to_batch" not in marks(terminal.run("doctor", "--json"))


def test_a_paused_activation_is_a_warning(terminal: Terminal) -> None:
    terminal.json("activations", "pause", "french_to_batch")
    answer = terminal.run("doctor", "--json")
    assert (answer.exit, marks(answer)["activation french_to_batch"]) == (0, "warning")


def test_a_pause_of_everything_names_the_command_that_ends_it(terminal: Terminal) -> None:
    terminal.json("pause", "--all")
    assert ": `resume --all`." in terminal.run("doctor").out


def test_a_lost_key_is_a_fault(terminal: Terminal) -> None:
    for file in (terminal.home / "key").glob("*.key"):
        file.unlink()
    answer = terminal.run("doctor", "--json")
    assert (answer.exit, marks(answer)["key"]) == (1, "fault")


def test_an_empty_home_is_no_fault(empty: Terminal) -> None:
    answer = empty.run("doctor", "--json")
    assert (answer.exit, marks(answer)["snapshot"]) == (0, "warning")


def test_a_store_that_is_none_is_a_fault(terminal: Terminal) -> None:
    (terminal.home / "store.db").write_bytes(b"no database" * 100)
    answer = terminal.run("doctor", "--json")
    assert (answer.exit, marks(answer)["store"]) == (1, "fault")


def test_a_home_that_is_a_file_is_a_fault(empty: Terminal) -> None:
    astray = Terminal(empty.folder, {"ROLLCALL_HOME": str(empty.path("orders.csv"))})
    assert astray.run("doctor", "--json").exit == 1


def test_migrating_an_up_to_date_store_changes_nothing(terminal: Terminal) -> None:
    done = terminal.json("migrate")
    assert done["from"] == done["to"] and done["copy"] is None


def test_a_setting_that_cannot_be_used_names_its_variable(empty: Terminal) -> None:
    wrong = Terminal(empty.folder, {"ROLLCALL_AUTH": "oidc"})
    assert "ROLLCALL_AUTH" in wrong.refused("doctor", exit=2)


def test_the_sandbox_starts_and_says_where_it_listens(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "core", "sandbox", "--port", "0"]
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = ""
        while "http://" not in said:
            said += process.stdout.readline()
        origin = said[said.index("http://") :].split()[0].rstrip(".,;")
        assert httpx.get(f"{origin}/stand-in", trust_env=False).status_code == 200
        process.terminate()


@pytest.mark.parametrize("fault", ["nope:100%", "503", "503@nowhere:1"])
def test_a_fault_of_no_kind_is_wrong_use(empty: Terminal, fault: str) -> None:
    assert empty.refused("sandbox", "--faults", fault, exit=2).startswith("--faults: ")
