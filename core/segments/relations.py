"""Related conditions as joins: all plain measures of one path share one aggregate.

Conditions that pick rows, follow them up or look for the most frequent of many values order the
rows anew, so each of them has an aggregate of its own.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from core.segments.calendar import Today, Unit
from core.segments.measures import Measured, measure_rows, of_one_row, per_period, plain
from core.segments.operators._base import Operand
from core.segments.rows import Rows, Source, far_end, near_end
from core.segments.sql import (
    Parameters,
    Sql,
    aliased,
    all_of,
    any_of,
    call,
    column,
    join,
    materialized,
    not_,
    not_null,
    number,
    ordered,
    select,
    subquery,
    table,
    text_of,
)
from core.segments.tree import (
    Group,
    Leg,
    Measure,
    Pick,
    RelatedCondition,
    Span,
    Step,
    Test,
)

_HOURS = {Unit.HOURS: 1, Unit.DAYS: 24, Unit.WEEKS: 168}
# Counts a value make the rows of an aggregate wide, and they are held for every person.
_MOST_COLUMNS = 64
# More filters than this cost more to try on every row than the rows they keep out.
_FILTERS_AHEAD = 4


@dataclass(slots=True)
class Reached:
    """Rows reached over links, with `key` = what the rows of the origin are found again by.

    `near` is the origin's column that equals the key.
    """

    source: Source
    rows: Rows
    key: Sql
    near: str


@dataclass(slots=True)
class Aggregate:
    """One derived table: a row a key, a column a measure."""

    reached: Reached
    alias: str
    measures: dict[str, "_Column"] = field(default_factory=dict)
    wanted: dict[str, "_Wanted"] = field(default_factory=dict)

    def want(self, passing: Sql | None, filled: Sql | None) -> None:
        """Remember that a measure is of the rows that pass, None for all.

        `filled` is the value that it passes over where it is blank, None where it counts all.
        """
        written = text_of(passing) if passing is not None else ""
        wanted = self.wanted.setdefault(written, _Wanted(passing))
        if filled is None:
            wanted.blanks_too = True
        else:
            wanted.filled[text_of(filled)] = filled


@dataclass(frozen=True, slots=True)
class _Column:
    """A measure with its own FILTER, and for rows that have passed it already."""

    name: str
    filtering: Sql
    filtered: Sql


@dataclass(slots=True)
class _Wanted:
    """Rows that some measures are of: those that pass, and have one of the values."""

    passing: Sql | None
    filled: dict[str, Sql] = field(default_factory=dict)
    blanks_too: bool = False

    def condition(self) -> Sql | None:
        """Return what the rows have to pass, None for all rows."""
        parts = [] if self.passing is None else [self.passing]
        if not self.blanks_too:
            parts.append(any_of([not_null(value) for value in self.filled.values()]))
        return all_of(parts) if parts else None


Groups = Callable[[Group, Rows], Sql]
Tests = Callable[[Test, Operand], Sql]


class Relations:
    """The related conditions that stand on one table's rows."""

    def __init__(
        self, origin: Rows, parameters: Parameters, today: Today, groups: Groups, tests: Tests
    ) -> None:
        self._origin = origin
        self._parameters = parameters
        self._today = today
        self._group = groups
        self._test = tests
        self._shared: dict[tuple[Leg, ...], Aggregate] = {}
        self._joins: list[exp.Join] = []

    def measure(self, condition: RelatedCondition) -> Operand:
        """Return the condition's measure as an operand on the origin's rows."""
        values = self._values(condition)
        if condition.pick or condition.followed_by:
            return self._own(condition, values)
        if condition.measure is Measure.MOST_FREQUENT and not self._has_room(condition, values):
            return self._own(condition, ())
        return self._share(condition, values)

    def joins(self) -> list[exp.Join]:
        """Return the joins that bring the aggregates to the origin's rows."""
        shared = [
            self._join(subquery(_finished(one), one.alias), one.alias, one.reached.near)
            for one in self._shared.values()
        ]
        return [*shared, *self._joins]

    def _share(self, condition: RelatedCondition, values: Sequence[str]) -> Operand:
        legs = condition.join.legs
        shared = self._shared.get(legs)
        if shared is None:
            alias = self._origin.source.names.new("a")
            shared = self._shared[legs] = Aggregate(self._reach(legs), alias)
        rows = shared.reached.rows
        shares = condition.measure is Measure.SHARE
        that = self._group(condition.that, rows) if shares and condition.that else None
        passing = self._passing(condition, rows, condition.that if not shares else None)
        of = self._of(condition, rows)
        bound = self._bound(values)
        measured = measure_rows(condition.measure, of, passing, that, bound)
        filtered = measure_rows(condition.measure, of, None, that, bound)
        made = [
            _kept(shared, *both)
            for both in zip(measured.aggregates, filtered.aggregates, strict=True)
        ]
        shared.want(passing, of.sql if of and _may_be_blank(condition) else None)
        return measured.operand([column(shared.alias, name) for name in made])

    def _own(self, condition: RelatedCondition, values: Sequence[str]) -> Operand:
        """Return the measure over rows that are ordered or followed up first."""
        reached = self._reach(condition.join.legs, by_person=condition.followed_by is not None)
        rows = reached.rows
        of = self._of(condition, rows)
        query = self._listed(condition, reached, of)
        if condition.followed_by:
            query = self._followed(query, condition.followed_by)
        if condition.pick:
            columns = [*(["v"] if of else []), *(["t"] if condition.that else [])]
            query = self._picked(query, condition.pick, columns)
        alias = self._origin.source.names.new("a")
        grouped, measured = self._grouped(query, condition, of, values)
        self._joins.append(self._join(subquery(grouped, alias), alias, reached.near))
        return measured.operand([column(alias, f"m{i}") for i in range(len(measured.aggregates))])

    def _join(self, source: Sql, alias: str, near: str) -> exp.Join:
        on = exp.EQ(this=self._origin.physical(near), expression=column(alias, "k"))
        return join(source, on, side="LEFT")

    def _reach(self, legs: tuple[Leg, ...], by_person: bool = False) -> Reached:
        origin = self._origin
        source = Source(origin.source.catalogue, origin.source.schema, origin.source.names)
        straight = self._straight(source, legs)
        if straight is not None:
            return straight
        if by_person:
            people = source.start(origin.table.name)
            rows = _walk(source, people, legs)
            number_of = origin.table.row_number or ""
            return Reached(source, rows, people.physical(number_of), number_of)
        catalogue = source.catalogue
        first = source.start(_table_after(source, legs[0]))
        key = first.link_column(far_end(catalogue, legs[0]))
        near = origin.table.by_name[near_end(catalogue, legs[0])].column
        return Reached(source, _walk(source, first, legs[1:]), key, near)

    def _straight(self, source: Source, legs: tuple[Leg, ...]) -> Reached | None:
        """Return rows that start at a table which holds its person's row number, if one does."""
        table = self._origin.table
        if table.row_number is None:
            return None
        for length in range(len(legs), 0, -1):
            if any(leg.forward for leg in legs[:length]):
                continue
            end = source.catalogue.by_name[_table_after(source, legs[length - 1])]
            back = tuple(leg.link for leg in reversed(legs[:length]))
            found = next((path for path in end.person_paths if path.links == back), None)
            if found:
                first = source.start(end.name)
                rows = _walk(source, first, legs[length:])
                return Reached(source, rows, first.physical(found.column), table.row_number)
        return None

    def _passing(
        self, condition: RelatedCondition, rows: Rows, that: Group | None = None
    ) -> Sql | None:
        parts: list[Sql] = []
        if condition.when and condition.time:
            parts.append(self._test(condition.when, rows.operand(condition.time)))
        if condition.where and condition.where.conditions:
            parts.append(self._group(condition.where, rows))
        if that and that.conditions:
            parts.append(self._group(that, rows))
        return all_of(parts) if parts else None

    def _of(self, condition: RelatedCondition, rows: Rows) -> Operand | None:
        if condition.of is None:
            return None
        of = rows.operand(condition.of)
        return per_period(of, condition.per, self._today) if condition.per else of

    def _values(self, condition: RelatedCondition) -> tuple[str, ...]:
        """Return all values that a most frequent one is sought in, none where they are many."""
        of, catalogue = condition.of, self._origin.source.catalogue
        if condition.measure is not Measure.MOST_FREQUENT or of is None:
            return ()
        return catalogue.field(of.table, of.field.name).values

    def _bound(self, values: Sequence[str]) -> list[Sql]:
        return [self._parameters.bind(each, "TEXT") for each in values]

    def _has_room(self, condition: RelatedCondition, values: Sequence[str]) -> bool:
        """Return whether there are values, and few enough to be counted beside other measures."""
        shared = self._shared.get(condition.join.legs)
        taken = len(shared.measures) if shared else 0
        return 0 < len(values) <= _MOST_COLUMNS - taken

    def _listed(
        self, condition: RelatedCondition, reached: Reached, of: Operand | None
    ) -> exp.Select:
        """Return the rows one by one: k, at, tie, v and t, as far as they are needed."""
        rows = reached.rows
        expressions = [aliased(reached.key, "k")]
        where = [not_null(reached.key)]
        passing = self._passing(condition, rows)
        if passing is not None:
            where.append(passing)
        if condition.time and (condition.pick or condition.followed_by):
            moment = rows.moment(condition.time)
            expressions.append(aliased(moment, "at"))
            where.append(not_null(moment))
        if condition.pick:
            key = rows.table.by_name[rows.table.key or ""].column
            expressions.append(aliased(rows.physical(key), "tie"))
        if of is not None:
            expressions.append(aliased(of.sql, "v"))
        if condition.that:
            expressions.append(aliased(self._group(condition.that, rows), "t"))
        return select(expressions, *_from(reached), where=all_of(where))

    def _followed(self, query: exp.Select, step: Step) -> exp.Select:
        """Return the rows of the query after which the person did, or did not, the step."""
        names = self._origin.source.names
        leading, rows, later = names.new("l"), names.new("r"), names.new("s")
        followers = subquery(self._step_rows(step, leading), later)
        meets = all_of(
            [
                exp.EQ(this=column(rows, "k"), expression=column(later, "k")),
                exp.LT(this=column(rows, "at"), expression=column(later, "at")),
            ]
        )
        did = not_null(column(later, "at"))
        if step.within:
            end = exp.Add(this=column(rows, "at"), expression=self._hours(step.within))
            did = exp.LTE(this=column(later, "at"), expression=end)
        followed = select(
            [_everything(rows)],
            table(rows, leading),
            [join(followers, meets, side="LEFT", method="ASOF")],
            where=not_(did) if step.negated else did,
        )
        followed.set("with_", exp.With(expressions=[materialized(leading, query)]))
        return followed

    def _step_rows(self, step: Step, leading: str) -> exp.Select:
        """Return the step's rows that can follow any of the leading ones."""
        reached = self._reach(step.join.legs, by_person=True)
        moment = reached.rows.moment(step.time)
        first = select([exp.Min(this=column(leading, "at"))], table(leading, leading))
        where = [not_null(reached.key), exp.GT(this=moment, expression=subquery(first))]
        if step.within:
            last = select([exp.Max(this=column(leading, "at"))], table(leading, leading))
            end = exp.Add(this=subquery(last), expression=self._hours(step.within))
            where.append(exp.LTE(this=moment, expression=end))
        if step.where and step.where.conditions:
            where.append(self._group(step.where, reached.rows))
        expressions = [aliased(reached.key, "k"), aliased(moment, "at")]
        query = select(expressions, *_from(reached), where=all_of(where))
        return self._followed(query, step.followed_by) if step.followed_by else query

    def _hours(self, span: Span) -> Sql:
        hours = self._parameters.bind(span.count * _HOURS[span.unit], "BIGINT")
        return call("to_hours", hours)

    def _picked(self, query: exp.Select, pick: Pick, columns: Sequence[str]) -> exp.Select:
        """Return k and the columns of the first or the last rows of each k."""
        if pick.count == 1:
            return self._picked_one(query, pick, columns)
        rows, numbered = (self._origin.source.names.new("r") for _ in range(2))
        order = exp.Order(
            expressions=[
                ordered(column(rows, "at"), pick.last),
                ordered(column(rows, "tie"), pick.last),
            ]
        )
        position = exp.Window(this=exp.RowNumber(), partition_by=[column(rows, "k")], order=order)
        inner = select([_everything(rows), aliased(position, "n")], subquery(query, rows))
        wanted = exp.LTE(
            this=column(numbered, "n"), expression=self._parameters.bind(pick.count, "BIGINT")
        )
        return select([exp.Star()], subquery(inner, numbered), where=wanted)

    def _picked_one(self, query: exp.Select, pick: Pick, columns: Sequence[str]) -> exp.Select:
        """Return the same for one row a k, found without sorting."""
        rows, found = (self._origin.source.names.new("r") for _ in range(2))
        key = column(rows, "k")
        if not columns:
            return select([aliased(key, "k")], subquery(query, rows), group=[key])
        order = call("row", column(rows, "at"), column(rows, "tie"))
        extreme = "arg_max" if pick.last else "arg_min"
        taken = [column(rows, each) for each in columns]
        if len(taken) == 1:
            best = call(f"{extreme}_null", *taken, order)
            one = [aliased(key, "k"), aliased(best, columns[0])]
            return select(one, subquery(query, rows), group=[key])
        best = call(extreme, call("row", *taken), order)
        inner = select([aliased(key, "k"), aliased(best, "r")], subquery(query, rows), group=[key])
        parts = [
            aliased(call("struct_extract", column(found, "r"), number(place)), each)
            for place, each in enumerate(columns, start=1)
        ]
        return select([aliased(column(found, "k"), "k"), *parts], subquery(inner, found))

    def _grouped(
        self,
        query: exp.Select,
        condition: RelatedCondition,
        of: Operand | None,
        values: Sequence[str],
    ) -> tuple[exp.Select, Measured]:
        """Return a row a key with the measure's columns m0, m1."""
        rows = self._origin.source.names.new("r")
        value = Operand(column(rows, "v"), of.type, of.sql_type) if of else None
        that = column(rows, "t") if condition.that else None
        key = column(rows, "k")
        if condition.measure is Measure.MOST_FREQUENT and value is not None and not values:
            return self._most_frequent(query, rows, value, that)
        measured = measure_rows(condition.measure, value, None, that, self._bound(values))
        alone = condition.pick is not None and condition.pick.count == 1
        columns = [
            aliased(of_one_row(each) if alone else each, f"m{i}")
            for i, each in enumerate(measured.aggregates)
        ]
        grouping = [] if alone else [key]
        grouped = select([aliased(key, "k"), *columns], subquery(query, rows), group=grouping)
        return grouped, measured

    def _most_frequent(
        self, query: exp.Select, rows: str, value: Operand, that: Sql | None
    ) -> tuple[exp.Select, Measured]:
        """Return the value that comes most often, of equally frequent ones the smallest."""
        counted = self._origin.source.names.new("r")
        key = column(rows, "k")
        where = [not_null(value.sql)] + ([that] if that is not None else [])
        counts = select(
            [
                aliased(key, "k"),
                aliased(value.sql, "v"),
                aliased(exp.Count(this=exp.Star()), "c"),
            ],
            subquery(query, rows),
            where=all_of(where),
            group=[key, value.sql],
        )
        best = exp.First(
            this=exp.Order(
                this=column(counted, "v"),
                expressions=[ordered(column(counted, "c"), True), ordered(column(counted, "v"))],
            )
        )
        group_key = column(counted, "k")
        grouped = select(
            [aliased(group_key, "k"), aliased(best, "m0")],
            subquery(counts, counted),
            group=[group_key],
        )
        return grouped, plain(best, value.type, value.sql_type)


def _kept(shared: Aggregate, filtering: Sql, filtered: Sql) -> str:
    """Return the column of an aggregate, made once."""
    written = text_of(filtering)
    if written not in shared.measures:
        name = f"m{len(shared.measures)}"
        shared.measures[written] = _Column(name, filtering, filtered)
    return shared.measures[written].name


def _finished(one: Aggregate) -> exp.Select:
    """Return the aggregate; rows that no measure wants are kept out before they are grouped."""
    key = one.reached.key
    conditions = [wanted.condition() for wanted in one.wanted.values()]
    filters = [condition for condition in conditions if condition is not None]
    where = [not_null(key)]
    if len(filters) == len(conditions) <= _FILTERS_AHEAD:
        where.append(any_of(filters))
    alone = len(one.wanted) == 1
    measures = [
        aliased(each.filtered if alone else each.filtering, each.name)
        for each in one.measures.values()
    ]
    return select(
        [aliased(key, "k"), *measures], *_from(one.reached), where=all_of(where), group=[key]
    )


def _everything(alias: str) -> Sql:
    return exp.Column(this=exp.Star(), table=exp.Identifier(this=alias, quoted=True))


def _may_be_blank(condition: RelatedCondition) -> bool:
    of = condition.of
    return of is not None and bool(of.legs or of.field.blank)


def _from(reached: Reached) -> tuple[Sql, list[exp.Join]]:
    source = reached.source
    assert source.first is not None  # noqa: S101 - every source was started
    return source.first, source.all_joins()


def _walk(source: Source, rows: Rows, legs: tuple[Leg, ...]) -> Rows:
    for leg in legs:
        rows = source.walk(rows, leg)
    return rows


def _table_after(source: Source, leg: Leg) -> str:
    link = source.catalogue.links[leg.link]
    return link.to_table if leg.forward else link.table
