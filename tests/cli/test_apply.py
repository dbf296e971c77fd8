"""`apply`: a workspace file becomes the workspace, all of it or nothing."""

import shutil
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal

KEYS = [
    "data",
    "destination crm",
    "destination files",
    "segment french",
    "segment active",
    "segment french_and_active",
    "activation french_to_batch",
    "activation active_to_file",
]


def snapshots(terminal: Terminal) -> list[Path]:
    return list((terminal.home / "snapshots").glob("*.duckdb"))


def activation_keys(terminal: Terminal) -> list[str]:
    return sorted(each["key"] for each in terminal.json("activations", "list")["activations"])


def test_an_empty_home_is_loaded_and_furnished_by_one_apply(empty: Terminal) -> None:
    done = empty.json("apply", empty.path("workspace.toml"))
    loaded = [what for what in done["changes"] if what.startswith("snapshot ")]
    assert done["changes"] == dict.fromkeys([*loaded, *KEYS], "created") | {"data": "changed"}
    assert (len(loaded), done["dry_run"]) == (1, False)
    assert activation_keys(empty) == ["active_to_file", "french_to_batch"]


def test_a_repeated_apply_changes_nothing(terminal: Terminal) -> None:
    assert terminal.run("apply", terminal.path("workspace.toml")).out == "Nothing to change.\n"
    again = terminal.json("apply", terminal.path("workspace.toml"))
    assert again["changes"] == dict.fromkeys(KEYS, "unchanged")


def test_only_what_differs_is_changed(terminal: Terminal) -> None:
    terminal.edit("workspace.toml", '"French people"', '"The French"')
    terminal.edit("active.json", "30", "60")
    done = terminal.run("apply", terminal.path("workspace.toml"))
    assert [line.split() for line in done.out.splitlines()] == [
        ["changed", "segment", "french"],
        ["changed", "segment", "active"],
        ["changed", "activation", "french_to_batch"],
    ]


def test_a_dry_run_says_the_same_and_changes_nothing(empty: Terminal) -> None:
    would = empty.json("apply", empty.path("workspace.toml"), "--dry-run")
    assert would["dry_run"] and would["changes"]["segment french"] == "created"
    assert empty.json("activations", "list") == {"activations": []}
    assert empty.json("destinations", "list") == {"destinations": []}
    assert snapshots(empty) == []


def test_a_dry_run_for_people_ends_with_what_it_was(terminal: Terminal) -> None:
    terminal.edit("workspace.toml", '"French people"', '"The French"')
    said = terminal.run("apply", terminal.path("workspace.toml"), "--dry-run").out
    assert said.endswith("Nothing was changed: this was a dry run.\n")


def test_what_the_file_leaves_out_stays_unless_it_is_pruned(terminal: Terminal) -> None:
    text = terminal.path("workspace.toml").read_text()
    shorter = terminal.file("shorter.toml", text[: text.index("[activations.active_to_file]")])
    assert terminal.run("apply", shorter).out == "Nothing to change.\n"
    assert len(activation_keys(terminal)) == 2
    pruned = terminal.json("apply", shorter, "--prune")
    assert pruned["changes"]["activation active_to_file"] == "archived"
    assert pruned["notes"] == ["the list 'active' of active_to_file stays as it is."]
    assert activation_keys(terminal) == ["french_to_batch"]


def test_what_was_pruned_comes_back(terminal: Terminal) -> None:
    text = terminal.path("workspace.toml").read_text()
    shorter = terminal.file("shorter.toml", text[: text.index("[activations.french_to_batch]")])
    terminal.json("apply", shorter, "--prune")
    again = terminal.json("apply", terminal.path("workspace.toml"))
    assert again["changes"]["activation active_to_file"] == "restored"


def test_one_fault_and_nothing_is_changed(empty: Terminal) -> None:
    empty.edit(
        "workspace.toml", 'external_id = "customer_id"\naudience', 'external_id = "x"\naudience'
    )
    done = empty.run("apply", empty.path("workspace.toml"))
    assert done.exit == 2 and "activations.active_to_file" in done.err.splitlines()[-1]
    assert empty.json("destinations", "list") == {"destinations": []}
    assert snapshots(empty) == []


def test_without_data_there_is_nothing_to_check_segments_against(empty: Terminal) -> None:
    text = empty.path("workspace.toml").read_text()
    without = empty.file("workspace.toml", text[text.index("[destinations.crm]") :])
    assert "`load MANIFEST`" in empty.refused("apply", without)


def test_a_missing_variable_is_refused_unless_the_secret_is_stored(empty: Terminal) -> None:
    nameless = Terminal(empty.folder)
    refusal = nameless.run("apply", nameless.path("workspace.toml"))
    assert refusal.exit == 2
    assert "the variable EXAMPLE_PROJECT_KEY is not set" in refusal.err.splitlines()[-1]
    empty.json("apply", empty.path("workspace.toml"))
    again = nameless.json("apply", nameless.path("workspace.toml"))
    assert again["changes"]["destination crm"] == "unchanged"


def test_another_key_in_the_variable_is_taken(terminal: Terminal) -> None:
    other = Terminal(terminal.folder, {"EXAMPLE_REST_API_KEY": "another-key"})
    done = other.json("apply", other.path("workspace.toml"))
    assert done["changes"]["destination crm"] == "changed"


def test_a_secret_in_the_file_is_refused_and_not_repeated(terminal: Terminal) -> None:
    terminal.edit("workspace.toml", '{ env = "EXAMPLE_REST_API_KEY" }', '"hush-hush"')
    said = terminal.refused("apply", terminal.path("workspace.toml"), exit=2)
    assert said.startswith("destinations.crm.rest_api_key: a secret does not stand in the file.")
    assert "hush" not in said


def test_paths_are_relative_to_the_file(
    empty: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/")
    empty.json("apply", empty.path("workspace.toml"))
    shown = empty.json("destinations", "list")["destinations"]
    assert [each["account"] for each in shown if each["key"] == "files"] == [
        str(tmp_path / "lists")
    ]


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("[data]", "colour = 1\n[data]", "colour"),
        ("[data]", 'folder = "/"\n[data]', "folder"),
        ('file = "active.json"', 'file = "active.json"\nnmae = "A"', "segments.active.nmae"),
        ("guards = {}", "gaurds = {}", "activations.french_to_batch.gaurds"),
        ('folder = "lists"', 'folder = "lists"\nport = 1', "port"),
        ('cron = "30 5 * * *"', 'cron = "never"', "data.schedule"),
        (
            "guards = {}",
            "guards = { removals = { above = 3 } }",
            "activations.french_to_batch.guards",
        ),
        ("guards = {}", 'guards = { loud = "hold" }', "activations.french_to_batch.guards"),
        ('segment = "french"', 'segment = "frnch"', "activations.french_to_batch"),
        ('destination = "crm"', 'destination = "crn"', "activations.french_to_batch"),
        ('platform = "csv_file"', 'platform = "cvs_file"', "destinations.files"),
        ('"french.json"', '"gone.json"', "segments.french"),
        ("[segments.active]", '[segments."a b"]', "segments.a b"),
    ],
)
def test_a_fault_in_the_file_is_named_with_its_place(
    terminal: Terminal, old: str, new: str, place: str
) -> None:
    terminal.edit("workspace.toml", old, new)
    done = terminal.run("apply", terminal.path("workspace.toml"))
    assert done.exit in (1, 2) and place in done.err, done


def test_names_in_the_file_are_saved_as_they_are_seen(terminal: Terminal) -> None:
    terminal.edit("workspace.toml", 'name = "French people"', 'name = "Fide\u0300les\u200b"')
    terminal.json("apply", terminal.path("workspace.toml"))
    terminal.json("export", terminal.path("out") / "workspace.toml")
    assert 'name = "Fid\u00e8les"' in terminal.path("out/workspace.toml").read_text("utf-8")
    again = terminal.json("apply", terminal.path("workspace.toml"))
    assert set(again["changes"].values()) == {"unchanged"}


def test_a_near_key_is_suggested(terminal: Terminal) -> None:
    terminal.edit("workspace.toml", "guards = {}", "gaurds = {}")
    said = terminal.refused("apply", terminal.path("workspace.toml"), exit=2)
    assert said == (
        "workspace.toml: activations.french_to_batch.gaurds: unknown key. Did you mean 'guards'?"
    )


def test_a_segment_that_breaks_the_format_names_its_place(terminal: Terminal) -> None:
    terminal.edit("french.json", '"is"', '"iz"')
    said = terminal.refused("apply", terminal.path("workspace.toml"))
    assert said.startswith("where.conditions[0].op: ") and "segments.french" in said


def test_a_change_that_breaks_another_saved_segment_is_refused(terminal: Terminal) -> None:
    terminal.edit("french.json", '"country"', '"land"')
    text = terminal.path("workspace.toml").read_text()
    end = text.index("[segments.active]")
    alone = terminal.file("alone.toml", text[text.index("[segments.french]") : end])
    assert "segments.french" in terminal.refused("apply", alone)


def test_another_audience_name_leaves_the_old_list_and_says_so(terminal: Terminal) -> None:
    terminal.edit("workspace.toml", 'audience_name = "active"', 'audience_name = "lively"')
    (note,) = terminal.json("apply", terminal.path("workspace.toml"))["notes"]
    assert "the list 'active' stays as it is where it was" in note


def test_two_activations_of_one_audience_are_refused_with_the_others_name(
    terminal: Terminal,
) -> None:
    text = terminal.path("workspace.toml").read_text()
    part = text[text.index("[activations.active_to_file]") :]
    terminal.file("workspace.toml", text + part.replace("active_to_file", "twin"))
    assert "active_to_file" in terminal.refused("apply", terminal.path("workspace.toml"))


def test_a_copied_folder_is_a_workspace_of_its_own(empty: Terminal, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(empty.folder, copy, ignore=shutil.ignore_patterns("copy"))
    other = Terminal(copy, empty.variables)
    other.json("apply", other.path("workspace.toml"))
    assert activation_keys(other) == ["active_to_file", "french_to_batch"]
    assert not empty.home.exists()
