"""Files that are brought to the page of the data, and what a scheduler makes of them."""

import json
from collections.abc import Mapping
from pathlib import Path

from streamlit.testing.v1 import AppTest

from core.store.loads import LoadState, claim_load, end_load, list_loads
from core.workspace.loading import load_data
from core.workspace.opened import OpenWorkspace
from core.workspace.proposals import Proposal, read_proposal
from core.workspace.uploads import find_upload
from tests.app.conftest import OpenApp

CUSTOMERS = "customer_id,name,born\n01,Ann,13/04/1990\n02,Bob,05/06/1991\n03,Eve,\n"
ORDERS = "order_id,customer_id,amount\n1,01,10.50\n2,99,3\n3,01,4\n"


def upload_in(page: AppTest) -> str:
    """Return the upload that the address names."""
    value = page.query_params["upload"]
    return value if isinstance(value, str) else value[0]


def bring(page: AppTest, files: Mapping[str, str]) -> AppTest:
    """Upload files and have them read."""
    given = [(name, text.encode(), "text/csv") for name, text in files.items()]
    page.file_uploader(key="data:files").set_value(given)
    page.run()
    return page.button(key="data:read").click().run()


def brought(app: OpenApp, **files: str) -> AppTest:
    """Return the page with what was found in these files, or in customers and orders."""
    found = files or {"customers": CUSTOMERS, "orders": ORDERS}
    return bring(app("data"), {f"{name}.csv": text for name, text in found.items()})


def edit_columns(page: AppTest, cells: Mapping[int, Mapping[str, str]]) -> AppTest:
    """Write into cells of the table of columns, by row and column, as a hand does."""
    (editor,) = (each.proto.id for each in page.dataframe if each.proto.editing_mode)
    states = page._tree.get_widget_states()
    edited = {"edited_rows": cells, "added_rows": [], "deleted_rows": []}
    states.widgets.add(id=editor, string_value=json.dumps(edited))
    return page._run(states)


def proposal(page: AppTest, opened: OpenWorkspace) -> Proposal:
    """Return what is kept of the upload that the page shows."""
    found = read_proposal(find_upload(opened.settings, upload_in(page)))
    assert found is not None
    return found


def work_off(opened: OpenWorkspace, error: Exception | None = None) -> None:
    """Do the queued load as a scheduler does, or let it fail."""
    with opened.store.write("scheduler") as session:
        waiting = list_loads(session, states=[LoadState.QUEUED])[0]
        load = claim_load(session, waiting.id, "one")
        assert load is not None and load.token is not None
        token = load.token
        if error is not None:
            end_load(session, load.id, token, LoadState.FAILED, error=error)
            return
    load_data(
        opened,
        Path(load.manifest_path),
        "scheduler",
        also=lambda session, made: end_load(
            session, load.id, token, LoadState.LOADED, snapshot_id=made.id
        ),
    )
