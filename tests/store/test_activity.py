"""The activity log is counted and read page by page."""

from core.store.activity import count_activity, list_activity, record
from core.store.database import Store


def test_the_log_comes_newest_first_and_page_by_page(store: Store) -> None:
    with store.write("ana") as session:
        for number in range(5):
            record(session, "saved", "segment", f"s{number}")
    with store.read() as session:
        assert count_activity(session) == 5
        pages = [list_activity(session, offset=offset, limit=2) for offset in (0, 2, 4)]
    assert [[entry.key for entry in page] for page in pages] == [["s4", "s3"], ["s2", "s1"], ["s0"]]
