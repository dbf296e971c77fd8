"""The builder in tests: what stands on it, and the clicks of a hand."""

import time

from streamlit.testing.v1 import AppTest

from core.segments.draft import RawNode
from core.segments.reading import write_json
from core.ui.segments.state import Editor
from core.workspace.opened import OpenWorkspace
from core.workspace.segments import save_edited
from tests.segments.datasets import all_of

PATIENCE_S = 20
LAPSING = "vips_about_to_lapse"
QUIET = "quiet_in_france"
FRANCE = {"field": "country", "op": "is", "value": "FR"}
ORDERS = {"table": "orders", "measure": "count", "op": "at_least", "value": 2}
GOLD = {"field": "loyalty_tier", "op": "is", "value": "gold"}


def saved(opened: OpenWorkspace, name: str, *conditions: object, **more: object) -> str:
    """Save a segment of everybody who meets all the conditions, and return its key."""
    catalogue = opened.catalogue()
    assert catalogue is not None
    text = write_json({**all_of(*conditions), **more})
    with opened.store.write("test") as session:
        return save_edited(session, None, name, text, 0, catalogue).key


def editor(page: AppTest) -> Editor:
    """Return what the page edits."""
    held: Editor = page.session_state["segments:editor"]
    return held


def ids(page: AppTest) -> list[str]:
    """Return the ids of the conditions and groups of the outermost group."""
    nodes = editor(page).draft.root["conditions"]
    assert isinstance(nodes, list)
    return [str(node["id"]) for node in nodes]


def node(page: AppTest, number: int) -> RawNode:
    """Return a condition of the outermost group, without ids."""
    conditions = editor(page).draft.raw["where"]["conditions"]  # type: ignore[index]
    found: RawNode = conditions[number]
    return found


def open_row(page: AppTest, node_id: str) -> AppTest:
    """Click on the sentence of a condition, which opens it."""
    opened: AppTest = page.button(key=f"seg:{node_id}:sentence").click().run()
    return opened


def add(page: AppTest, subject: str) -> str:
    """Add a condition that looks at `field:…`, `table:…` or `segment`; return its id."""
    root = editor(page).draft.root["id"]
    page.button(key=f"seg:{root}:add").click().run()
    new = ids(page)[-1]
    page.selectbox(key=f"seg:{new}:subject").select(subject).run()
    return new


def sentences(page: AppTest) -> list[str]:
    """Return the sentences of the conditions as they stand on the page."""
    rows = [each for each in page.main.button if str(each.key).endswith(":sentence")]
    return [row.label.replace("\\", "") for row in rows]


def bar(page: AppTest) -> str:
    """Return what the foot says once the sizes are there; a new minute counts them anew."""
    until = time.monotonic() + PATIENCE_S
    while True:
        said = next(str(each.value) for each in page.markdown if "data of" in each.value)
        if "Counting" not in said:
            return said
        assert time.monotonic() < until, "the sizes did not come"
        time.sleep(0.02)
        page.run()


def said_after(page: AppTest) -> str:
    """Return what errors say, empty where there are none."""
    assert not page.exception
    return "\n".join(each.value for each in page.error).replace("\\", "")
