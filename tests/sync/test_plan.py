from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import LedgerMissing
from core.sync.ledger import Progress, Span, book_plan
from core.sync.plan import PlanCounts, first_movers, freeze_plan, read_changes
from tests.sync.parquet import Cursor, read_rows, write_sql, write_wanted

QUICK = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
LISTS = st.dictionaries(
    st.text(alphabet="abAB é", max_size=2), st.sampled_from(["x", "y"]), max_size=8
)


class Life:
    """An audience with its ledger, and what a platform would hold after the calls sent."""

    def __init__(self, cursor: Cursor, folder: Path) -> None:
        self.cursor, self.folder = cursor, folder
        self.ledger: Path | None = None
        self.audience: dict[str, str] = {}
        self.step = 0

    def plan(self, wanted: dict[str, str]):
        self.step += 1
        target = write_wanted(self.cursor, wanted, self.folder / f"wanted{self.step}.parquet")
        return freeze_plan(
            self.cursor, self.ledger, target, self.folder / f"plan{self.step}.parquet"
        )

    def apply(self, plan, rows: range) -> None:
        for row in read_changes(self.cursor, plan.file, rows.start, len(rows)):
            if row.change.action == "add":
                self.audience[row.change.id] = row.change.attributes["a"]
            else:
                self.audience.pop(row.change.id, None)

    def book(self, plan, progress: Progress) -> None:
        out = self.folder / f"ledger{self.step}.parquet"
        book_plan(self.cursor, self.ledger, plan.file, progress, out)
        self.ledger = out

    def run(self, wanted: dict[str, str]):
        plan = self.plan(wanted)
        self.apply(plan, range(plan.counts.rows))
        self.book(plan, Progress(plan.counts.rows))
        return plan

    def held(self) -> set[tuple[object, ...]]:
        return set(read_rows(self.cursor, self.ledger, "id, unknown")) if self.ledger else set()


@pytest.fixture
def life(cursor, folder) -> Life:
    return Life(cursor, folder)


def test_removals_come_first_and_each_id_once(life):
    life.run({"b": "x", "a": "x"})
    plan = life.plan({"c": "x", "b": "y"})
    rows = read_changes(life.cursor, plan.file, 0, 10)
    assert [(r.position, r.change.action, r.change.id) for r in rows] == [
        (0, "remove", "a"),
        (1, "add", "b"),
        (2, "add", "c"),
    ]


def test_counts_tell_entries_from_changed_attributes(life):
    life.run({"a": "x", "b": "x", "c": "x"})
    assert life.plan({"b": "y", "c": "x", "d": "x"}).counts == PlanCounts(3, 0, 1, 1, 0, 1)


def test_an_unchanged_list_has_an_empty_plan(life):
    life.run({"a": "x", "b": "x"})
    assert life.plan({"a": "x", "b": "x"}).counts.rows == 0


def test_the_same_changes_make_the_same_plan_and_others_another(life):
    assert life.plan({"a": "x", "b": "x"}).id == life.plan({"b": "x", "a": "x"}).id
    assert life.plan({"a": "x"}).id != life.plan({"a": "y"}).id
    assert life.plan({"a": "x"}).id != life.plan({"b": "x"}).id


def test_an_id_of_an_unanswered_add_is_sent_again_or_removed(life):
    plan = life.plan({"a": "x", "b": "x"})
    life.book(plan, Progress(0, unanswered=(Span(0, 2),)))
    assert life.held() == {("a", True), ("b", True)}
    assert life.plan({"a": "x"}).counts == PlanCounts(2, 2, 0, 0, 1, 1)


def test_an_id_of_an_unanswered_removal_is_added_again_when_wanted(life):
    life.run({"a": "x"})
    plan = life.plan({})
    life.book(plan, Progress(0, unanswered=(Span(0, 1),)))
    assert life.plan({"a": "x"}).counts.resent == 1
    assert life.plan({}).counts.removes == 1


def test_refused_rows_are_planned_again(life):
    plan = life.plan({"a": "x", "b": "x", "c": "x"})
    life.book(plan, Progress(3, refused=(Span(1, 2),)))
    assert life.held() == {("a", False), ("c", False)}


def test_a_call_that_ended_after_the_booking_can_be_marked_later(life):
    plan = life.run({"a": "x", "b": "x"})
    life.step += 1
    life.book(plan, Progress(0, unanswered=(Span(1, 2),)))
    assert life.held() == {("a", False), ("b", True)}


def test_a_ledger_that_is_gone_is_said_and_not_taken_for_an_empty_one(life):
    life.ledger = life.folder / "gone.parquet"
    with pytest.raises(LedgerMissing, match=r"gone\.parquet"):
        life.plan({"a": "x"})


def test_rows_are_read_from_any_position_on(life):
    plan = life.plan({f"{n:02}": "x" for n in range(50)})
    rows = read_changes(life.cursor, plan.file, 20, 7)
    assert [row.position for row in rows] == list(range(20, 27))


@given(before=LISTS, after=LISTS)
@QUICK
def test_applying_a_plan_gives_the_target(cursor, tmp_path_factory, before, after):
    life = Life(cursor, tmp_path_factory.mktemp("life"))
    life.run(before)
    life.run(after)
    assert life.audience == after
    assert life.plan(after).counts.rows == 0


@given(lists=st.lists(st.tuples(LISTS, st.data()), min_size=1, max_size=4), last=LISTS)
@QUICK
def test_runs_that_break_off_anywhere_end_at_the_target(cursor, tmp_path_factory, lists, last):
    life = Life(cursor, tmp_path_factory.mktemp("life"))
    for wanted, data in lists:
        plan = life.plan(wanted)
        acked = data.draw(st.integers(0, plan.counts.rows), label="acked")
        asked = data.draw(st.integers(acked, plan.counts.rows), label="asked")
        reached = data.draw(st.booleans(), label="the unanswered call was applied")
        life.apply(plan, range(asked if reached else acked))
        life.book(plan, Progress(acked, unanswered=(Span(acked, asked),)))
    life.run(last)
    assert life.audience == last


def test_two_million_ids_are_planned_in_a_small_memory(cursor, folder):
    cursor.execute(f"SET memory_limit = '200MB'; SET temp_directory = '{folder}/spill'")
    query = "SELECT 'id' || i AS id, '{{}}' AS attributes, ''::BLOB AS digest{} FROM range({}) t(i)"
    held = write_sql(
        cursor, query.format(", FALSE AS unknown", "0, 400000"), folder / "held.parquet"
    )
    wanted = write_sql(cursor, query.format("", "100000, 500000"), folder / "wanted.parquet")
    plan = freeze_plan(cursor, held, wanted, folder / "plan.parquet")
    assert (plan.counts.adds, plan.counts.removes) == (100_000, 100_000)


def test_the_first_movers_leave_out_who_only_gets_other_attributes(life: Life) -> None:
    life.run({"a": "x", "b": "x"})
    plan = life.plan({"b": "y", "c": "x", "d": "x"})
    movers = first_movers(life.cursor, life.ledger, plan.file, 1)
    assert (movers.entering, movers.leaving) == (("c",), ("a",))
