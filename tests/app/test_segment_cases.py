"""Every case of the format opens in the builder, with all its widgets, and stays as it was."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.segments.draft import Draft, draft_of
from core.segments.reading import read_json, write_json
from core.settings import Settings
from core.store.segments import create_segment
from core.workspace.loading import load_data
from core.workspace.opened import OpenWorkspace, open_workspace
from tests.app.building import editor, sentences
from tests.app.conftest import MEMORY_SHARE
from tests.segments.case_files import CASE_FILES, CASES, Case
from tests.segments.datasets import CASES as FOLDER
from tests.stand_in import ROOT

MOST_OPEN = 60


class Builders(dict[str, AppTest]):
    """Opens the builder on the data of a file of cases when it is first asked for."""

    def __init__(self, factory: pytest.TempPathFactory) -> None:
        super().__init__()
        self.homes: dict[str, Path] = {}
        self._factory = factory

    def __missing__(self, name: str) -> AppTest:
        home = self._factory.mktemp(name) / "home"
        with open_workspace(Settings(home=home, memory="300MB"), MEMORY_SHARE) as workspace:
            load_data(workspace, FOLDER / name / "dataset.toml", "test")
            save_named(workspace, name)
        self.homes[name] = home
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("ROLLCALL_HOME", str(home))
            self[name] = opened_builder()
        return self[name]


def save_named(workspace: OpenWorkspace, name: str) -> None:
    """Save the segments that cases speak of."""
    with workspace.store.write("test") as session:
        for key, segment in CASE_FILES[name].segments.items():
            create_segment(session, key, name=key, tree=write_json(segment), resolved="{}")


def opened_builder() -> AppTest:
    page = AppTest.from_file(str(ROOT / "core" / "ui" / "main.py"), default_timeout=60)
    page.query_params["new"] = "1"
    page.switch_page(str(ROOT / "pages" / "segments.py"))
    return page.run()


@pytest.fixture(scope="module")
def builders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Builders]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ROLLCALL_MEMORY", "300MB")
        yield Builders(tmp_path_factory)
    st.cache_resource.clear()
    st.cache_data.clear()


def drafted(case: Case) -> Draft | None:
    """Return the case as a draft, None for what no page can hold."""
    if not isinstance(case.segment, dict):
        return None
    text = write_json(case.segment)
    try:
        draft = draft_of(text)
    except AssertionError:
        return None
    kept = {key: value for key, value in read_json(text).items() if key in ("where", "limit")}
    return draft if draft.raw == kept else None


LACKS = ("Choose what", "Say ", "Something is not said")
DRAFTS = [(case, draft) for case in CASES if (draft := drafted(case)) is not None]


@pytest.mark.xdist_group("segment cases")
@pytest.mark.parametrize(("case", "draft"), DRAFTS, ids=[case.id for case, _ in DRAFTS])
def test_a_case_opens_with_all_its_widgets(
    case: Case, draft: Draft, builders: Builders, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = builders[case.file]
    monkeypatch.setenv("ROLLCALL_HOME", str(builders.homes[case.file]))
    held = editor(page)
    held.draft, held.open_ids = draft, frozenset(list(draft.nodes)[:MOST_OPEN])
    page.run()
    assert not page.exception and not page.error
    assert held.draft == draft
    assert is_told(page) == (case.error_at is not None)


def is_told(page: AppTest) -> bool:
    """Return whether the page says that something is wrong, or not said yet."""
    said = [*sentences(page), *(each.value for each in page.markdown)]
    lacks = [each.value for each in page.caption if each.value.startswith(LACKS)]
    return bool(lacks) or any(":material/error:" in each for each in said)
