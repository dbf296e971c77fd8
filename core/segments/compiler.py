"""Compiles a checked segment to one SQL statement.

A condition may come out NULL where it is false. That is the same to WHERE, FILTER, AND and OR;
NOT is the one place where it is not, so every NOT makes it false first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from sqlglot import exp

from core.data.catalogue import Catalogue, FieldType
from core.segments.calendar import Today
from core.segments.operators import operators_for
from core.segments.operators._base import Operand
from core.segments.relations import Relations
from core.segments.rows import Names, Rows, Source
from core.segments.sql import (
    Parameters,
    Sql,
    aliased,
    all_of,
    any_of,
    call,
    cast_to,
    column,
    materialized,
    name,
    not_,
    not_null,
    number,
    ordered,
    select,
    subquery,
    surely,
    text_of,
)
from core.segments.start import start_from_measure
from core.segments.tree import (
    Condition,
    FieldCondition,
    FieldRef,
    Group,
    Limit,
    Match,
    Node,
    RelatedCondition,
    Segment,
    SegmentCondition,
    Test,
)

# Up to here a list is compared value by value; a longer one is bound as one array.
_FEW = 16


@dataclass(frozen=True, slots=True)
class Statement:
    """One SQL statement with the values of its parameters, named without the `$`."""

    sql: str
    parameters: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ExplainColumn:
    """The node that a pair of columns speaks of; `shift` as in Operand."""

    place: str
    shift: int = 0


class Compiler:
    """Compiles statements about one segment over one snapshot at one moment."""

    def __init__(self, catalogue: Catalogue, schema: str | None, today: Today) -> None:
        self._catalogue = catalogue
        self._schema = schema
        self._today = today

    def members(self, segment: Segment, fields: Sequence[FieldRef] = ()) -> Statement:
        """Return key (as text) and f0, f1 … of every member, in code point order of the key."""
        one = self._open(segment)
        key = cast_to(one.key(), "TEXT")
        wanted = [one.people.operand(ref).sql for ref in fields]
        columns = {"key": key} | {f"f{i}": sql for i, sql in enumerate(wanted)}
        query = one.members(segment, columns)
        chosen = one.names.new("r")
        order = [ordered(column(chosen, "key"))]
        everything = [column(chosen, each) for each in columns]
        return one.statement(select(everything, subquery(query, chosen), order=order))

    def size(self, segment: Segment) -> Statement:
        """Return the number of members."""
        one = self._open(segment)
        count = _count() if segment.limit is None else one.limited_count(segment.limit, _count())
        return one.statement(one.matching([count], segment))

    def sizes(self, segment: Segment) -> tuple[Statement, tuple[str, ...]]:
        """Return a column a node that stands on people, and the places of the nodes.

        A node's size is that of its own condition over all people, without the limit.
        """
        one = self._open(segment)
        inner = one.names.new("r")
        leaves: dict[str, str] = {}
        truths = one.truths(segment.where, inner, leaves)
        flags = [aliased(surely(one.leaf(c)), leaves[c.place]) for c in _leaves(segment.where)]
        query = one.all_people(flags or [aliased(exp.true(), "n")])
        counts = [
            aliased(exp.Filter(this=_count(), expression=exp.Where(this=truth)), f"s{position}")
            for position, truth in enumerate(truths.values())
        ]
        return one.statement(select(counts, subquery(query, inner))), tuple(truths)

    def explain(self, segment: Segment, key: str) -> tuple[Statement, tuple[ExplainColumn, ...]]:
        """Return one row for the person: verdict and value of every leaf, by place.

        Shapes: columns v0, x0, v1, x1 …; no row where there is no such person.
        """
        one = self._open(segment)
        columns: list[Sql] = []
        said: list[ExplainColumn] = []
        for position, leaf in enumerate(_leaves(segment.where)):
            operand = one.operand(leaf)
            columns.append(aliased(surely(one.leaf(leaf)), f"v{position}"))
            value = operand.whole() if operand else exp.null()
            columns.append(aliased(value, f"x{position}"))
            said.append(ExplainColumn(leaf.place, operand.shift if operand else 0))
        wanted = exp.EQ(this=cast_to(one.key(), "TEXT"), expression=one.bind(key, "TEXT"))
        query = one.all_people(columns or [aliased(exp.true(), "n")], where=wanted)
        return one.statement(query), tuple(said)

    def _open(self, segment: Segment) -> "_Compilation":
        shared = _Shared(self._today, _uses(segment))
        one = _Compilation(self._catalogue, self._schema, segment, shared)
        one.choose_speaking()
        return one


@dataclass
class _Shared:
    """What all parts of one statement have in common."""

    today: Today
    uses: Mapping[str, int]
    parameters: Parameters = field(default_factory=Parameters)
    names: Names = field(default_factory=Names)
    tables: list[exp.CTE] = field(default_factory=list)
    chosen: dict[str, str] = field(default_factory=dict)


class _Compilation:
    """One statement being built: the people, what is joined to them, and its parameters."""

    def __init__(
        self,
        catalogue: Catalogue,
        schema: str | None,
        segment: Segment,
        shared: _Shared,
    ) -> None:
        self._catalogue = catalogue
        self._schema = schema
        self._shared = shared
        self._named = dict(segment.named)
        self.names = self._shared.names
        self._source = Source(catalogue, schema, self.names)
        self.people = self._source.start(catalogue.people)
        self._relations: dict[str, Relations] = {}

    def bind(self, value: object, sql_type: str) -> Sql:
        return self._shared.parameters.bind(value, sql_type)

    def key(self) -> Sql:
        table = self.people.table
        return self.people.physical(table.by_name[table.key or ""].column)

    def statement(self, query: exp.Select) -> Statement:
        if self._shared.tables:
            query.set("with_", exp.With(expressions=self._shared.tables))
        return Statement(text_of(query), self._shared.parameters.values)

    def all_people(self, expressions: list[Sql], where: Sql | None = None) -> exp.Select:
        """Return a SELECT over the people with all that was joined to them."""
        first = self._source.first
        return select(expressions, first, self._source.all_joins(), where=where)

    def condition(self, segment: Segment) -> Sql | None:
        """Return what people must pass, None for everybody."""
        return self.group(segment.where, self.people) if segment.where.conditions else None

    def matching(self, expressions: list[Sql], segment: Segment) -> exp.Select:
        """Return a SELECT over the people who match, the limit left aside.

        It reads as few people as it can: the members of one named segment that all must be in,
        or none at all where the rows of a measure stand for them.
        """
        within = self._within(segment.where)
        if within is None:
            query = self.all_people(expressions, self.condition(segment))
            return start_from_measure(query, self.people.alias, self._row_name())
        others = tuple(node for node in segment.where.conditions if node is not within)
        where = self.condition(replace(segment, where=replace(segment.where, conditions=others)))
        query = self.all_people(expressions, where)
        alias = self.people.alias
        read = {each.name for each in query.find_all(exp.Column) if each.table == alias}
        members = self._members_of(within.segment, sorted(read) or [self._row_name()])
        query.set("from_", exp.From(this=subquery(members, alias)))
        return query

    def members(self, segment: Segment, columns: Mapping[str, Sql]) -> exp.Select:
        """Return the SELECT of these columns of the members, the limit included."""
        wanted = [aliased(sql, each) for each, sql in columns.items()]
        if segment.limit is None:
            return self.matching(wanted, segment)
        where = self.condition(segment)
        order = self._order(segment.limit)
        if segment.limit.count is not None or where is None:
            return self._sorted(wanted, where, order, segment.limit)
        keys = [aliased(sql, f"o{i}") for i, (sql, _) in enumerate(order)]
        matched = self._table("matched", self.all_people([*wanted, *keys], where))
        count = select([self.limited_count(segment.limit, _count())], _from_table(matched))
        return select(
            [column(matched, each) for each in columns],
            _from_table(matched),
            order=[ordered(column(matched, f"o{i}"), down) for i, (_, down) in enumerate(order)],
            limit=subquery(count),
        )

    def _sorted(
        self, wanted: list[Sql], where: Sql | None, order: list[tuple[Sql, bool]], limit: Limit
    ) -> exp.Select:
        """Return the first people in order: a given number of them, or a part of everybody."""
        query = self.all_people(wanted, where)
        query.set("order", exp.Order(expressions=[ordered(sql, down) for sql, down in order]))
        if limit.count is not None:
            people = self.bind(limit.count, "BIGINT")
        else:
            people = subquery(select([self.limited_count(limit, _count())], self._source.first))
        query.set("limit", exp.Limit(expression=people))
        return query

    def limited_count(self, limit: Limit, matching: Sql) -> Sql:
        """Return how many of the matching are taken, a percentage rounded up to whole people."""
        if limit.percent is None:
            return call("least", matching, self.bind(limit.count, "BIGINT"))
        numerator, denominator = _fraction(limit.percent)
        share = exp.Mul(
            this=cast_to(matching, "HUGEINT"), expression=self.bind(numerator, "HUGEINT")
        )
        above = exp.Add(this=share, expression=self.bind(denominator - 1, "HUGEINT"))
        rounded_up = exp.IntDiv(
            this=exp.Paren(this=above), expression=self.bind(denominator, "HUGEINT")
        )
        return cast_to(rounded_up, "BIGINT")

    def truths(self, root: Group, inner: str, leaves: dict[str, str]) -> dict[str, Sql]:
        """Return a condition a node over the leaves' columns of `inner`, parents first."""
        found: dict[str, Sql] = {}

        def visit(node: Node) -> Sql:
            found[node.place] = exp.true()
            if isinstance(node, Group):
                found[node.place] = _matched(node, [visit(child) for child in node.conditions])
            else:
                leaves[node.place] = f"n{len(leaves)}"
                found[node.place] = column(inner, leaves[node.place])
            return found[node.place]

        visit(root)
        return found

    def group(self, group: Group, rows: Rows) -> Sql:
        """Return the group as a condition on the rows."""
        return _matched(group, [self._node(node, rows) for node in group.conditions])

    def leaf(self, condition: Condition) -> Sql:
        """Return a condition on people."""
        return self._node(condition, self.people)

    def operand(self, condition: Condition) -> Operand | None:
        """Return what a condition on people compares."""
        if isinstance(condition, FieldCondition):
            return self.people.operand(condition.field)
        if isinstance(condition, RelatedCondition):
            return self._related(self.people).measure(condition)
        return None

    def test(self, test: Test, operand: Operand, over: exp.Select | None = None) -> Sql:
        """Return an operator's condition on the operand; `over` has the values `v` of all."""
        operator = operators_for(operand.type)[test.op]
        found = operator.build(operand, test.value, _TestContext(self, test, over))
        return not_(found) if operator.negates else found

    def edge(self, values: exp.Select, percent: Decimal, highest: bool) -> Sql:
        """Return the worst of the values `v` that is still in.

        A value is in while fewer than percent x values / 100 are better: the last such one
        stands at that place of the order, rounded up.
        """
        counted, sorted_ = self.names.new("r"), self.names.new("r")
        numerator, denominator = _fraction(percent)
        share = exp.Mul(
            this=cast_to(_count(), "HUGEINT"), expression=self.bind(numerator, "HUGEINT")
        )
        before = exp.IntDiv(
            this=exp.Paren(this=exp.Sub(this=share, expression=number(1))),
            expression=self.bind(denominator, "HUGEINT"),
        )
        place = select([cast_to(before, "BIGINT")], subquery(values, counted))
        worst = select(
            [column(sorted_, "v")],
            subquery(values, sorted_),
            order=[ordered(column(sorted_, "v"), highest)],
            limit=number(1),
        )
        worst.set("offset", exp.Offset(expression=subquery(place)))
        return subquery(worst)

    def _ranked(self, condition: FieldCondition | RelatedCondition) -> Sql:
        """Return whether the person ranks high enough by the condition's value.

        The values of all people are worked out once, for their order and for the comparison.
        """
        fresh = _Compilation(
            self._catalogue, self._schema, Segment(Group("", Match.ALL, ()), None), self._shared
        )
        operand = fresh.operand(condition)
        assert operand is not None  # noqa: S101 - only fields and measures have ranks
        value = operand.whole()
        columns = [aliased(fresh._row_number(), "row"), aliased(value, "v")]
        valued = self._table("valued", fresh.all_people(columns, not_null(value)))
        found = replace(operand, sql=column(valued, "v"), zero_if_missing=False, quotient=None)
        values = select([column(valued, "v")], _from_table(valued))
        passes = self.test(condition.test, found, values)
        members = select([column(valued, "row")], _from_table(valued), where=passes)
        return exp.In(this=self._row_number(), query=exp.Subquery(this=members))

    def _node(self, node: Node, rows: Rows) -> Sql:
        if isinstance(node, Group):
            return self.group(node, rows)
        if isinstance(node, FieldCondition | RelatedCondition) and _ranks_people(node.test):
            return self._ranked(node)
        if isinstance(node, FieldCondition):
            return self.test(node.test, rows.operand(node.field))
        if isinstance(node, RelatedCondition):
            return self.test(node.test, self._related(rows).measure(node))
        inside = self._in_segment(node)
        return not_(inside) if node.negated else inside

    def _related(self, rows: Rows) -> Relations:
        found = self._relations.get(rows.alias)
        if found is None:
            found = self._relations[rows.alias] = Relations(
                rows, self._shared.parameters, self._shared.today, self.group, self.test
            )
            rows.source.late.append(found.joins)
        return found

    def _in_segment(self, node: SegmentCondition) -> Sql:
        """Return whether the person is a member: its condition, or a look at its table."""
        segment, chosen = self._named[node.segment], self._shared.chosen.get(node.segment)
        if chosen is None and segment.limit is None and self._shared.uses[node.segment] == 1:
            return self.group(segment.where, self.people)
        chosen = chosen or self._choose(node.segment)
        members = select([column(chosen, self._row_name())], _from_table(chosen))
        return exp.In(this=self._row_number(), query=exp.Subquery(this=members))

    def choose_speaking(self) -> None:
        """Make a table of row numbers for each named segment that speaks of others.

        They come deepest first, so that no table needs a later one and none nests in another.
        Of the rest, what is asked once and has no limit is written in place.
        """
        for segment_name, segment in self._named.items():
            if any(isinstance(leaf, SegmentCondition) for leaf in _leaves(segment.where)):
                self._choose(segment_name)

    def _choose(self, segment_name: str) -> str:
        made = self._table("chosen", self._members_of(segment_name, [self._row_name()]))
        self._shared.chosen[segment_name] = made
        return made

    def _within(self, root: Group) -> SegmentCondition | None:
        """Return the condition that all are in a limited segment that nothing else asks for."""
        for node in root.conditions if root.match is Match.ALL else ():
            if isinstance(node, SegmentCondition) and not node.negated:
                alone = self._shared.uses[node.segment] == 1
                limited = self._named[node.segment].limit is not None
                if alone and limited and node.segment not in self._shared.chosen:
                    return node
        return None

    def _members_of(self, segment_name: str, columns: Sequence[str]) -> exp.Select:
        """Return the SELECT of these physical columns of a named segment's members."""
        segment = self._named[segment_name]
        named = Segment(segment.where, segment.limit, tuple(self._named.items()))
        inner = _Compilation(self._catalogue, self._schema, named, self._shared)
        return inner.members(named, {each: inner.people.physical(each) for each in columns})

    def _table(self, prefix: str, query: exp.Select) -> str:
        """Return the name of a table of the statement that holds the query's rows."""
        made = self.names.new(prefix)
        self._shared.tables.append(materialized(made, query))
        return made

    def _row_name(self) -> str:
        return self.people.table.row_number or ""

    def _row_number(self) -> Sql:
        return self.people.physical(self._row_name())

    def _order(self, limit: Limit) -> list[tuple[Sql, bool]]:
        """Return what members are sorted by, and whether downwards."""
        key = self.key()
        if limit.by is not None:
            return [(self.people.operand(limit.by).sql, limit.highest), (key, False)]
        salted = exp.DPipe(
            this=self.bind(f"{limit.salt}:", "TEXT"), expression=cast_to(key, "TEXT")
        )
        return [(exp.MD5(this=salted), False), (key, False)]


@dataclass(frozen=True, slots=True)
class _TestContext:
    """What an operator may ask of the statement; `over` has the values that it ranks."""

    compilation: _Compilation
    test: Test
    over: exp.Select | None

    @property
    def today(self) -> Today:
        return self.compilation._shared.today

    @property
    def ignore_case(self) -> bool:
        return self.test.ignore_case

    def bind(self, value: object, sql_type: str) -> Sql:
        return self.compilation.bind(value, sql_type)

    def one_of(self, sql: Sql, values: list[object], sql_type: str) -> Sql:
        if len(values) <= _FEW:
            return exp.In(this=sql, expressions=[self.bind(each, sql_type) for each in values])
        array = self.bind(values, f"{sql_type}[]")
        return exp.EQ(this=sql, expression=exp.Any(this=exp.Paren(this=array)))

    def rank_edge(self, percent: Decimal, highest: bool) -> Sql:
        assert self.over is not None  # noqa: S101 - ranks stand on people only
        return self.compilation.edge(self.over, percent, highest)


def _matched(group: Group, parts: list[Sql]) -> Sql:
    if not parts:
        return exp.true()
    if group.match is Match.ALL:
        return all_of(parts)
    return not_(any_of(parts)) if group.match is Match.NONE else any_of(parts)


def _ranks_people(test: Test) -> bool:
    operator = operators_for(FieldType.NUMBER).get(test.op)
    return operator is not None and operator.people_only


def _leaves(node: Node) -> list[Condition]:
    if isinstance(node, Group):
        return [leaf for child in node.conditions for leaf in _leaves(child)]
    return [node]


def _uses(segment: Segment) -> dict[str, int]:
    """Return how often each named segment is spoken of in the statement, each text once."""
    counts: dict[str, int] = {}
    for one in (segment, *(inner for _, inner in segment.named)):
        for leaf in _leaves(one.where):
            if isinstance(leaf, SegmentCondition):
                counts[leaf.segment] = counts.get(leaf.segment, 0) + 1
    return counts


def _from_table(table_name: str) -> Sql:
    return exp.Table(this=name(table_name))


def _count() -> Sql:
    return exp.Count(this=exp.Star())


def _fraction(percent: Decimal) -> tuple[int, int]:
    """Return whole numbers a and b with percent / 100 = a / b."""
    numerator, denominator = percent.as_integer_ratio()
    return numerator, denominator * 100
