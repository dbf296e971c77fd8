"""SQL as SQLGlot trees: names quoted, values bound, connectors bracketed."""

from collections.abc import Sequence
from functools import cache

from sqlglot import exp

Sql = exp.Expr

DIALECT = "duckdb"


class Parameters:
    """The values of one statement, each bound once under a name of its own."""

    def __init__(self) -> None:
        self.values: dict[str, object] = {}
        self._names: dict[tuple[str, str], str] = {}

    def bind(self, value: object, sql_type: str) -> Sql:
        """Return a parameter that holds the value, cast to the type."""
        key = (repr(value), sql_type)
        name = self._names.get(key)
        if name is None:
            name = self._names[key] = f"p{len(self.values)}"
            self.values[name] = value
        return cast_to(exp.Placeholder(this=name), sql_type)


def cast_to(sql: Sql, sql_type: str) -> Sql:
    return exp.Cast(this=sql, to=_data_type(sql_type))


@cache
def _data_type(sql_type: str) -> exp.DataType:
    return exp.DataType.build(sql_type, dialect=DIALECT)


def name(text: str) -> exp.Identifier:
    return exp.Identifier(this=text, quoted=True)


def column(alias: str, column_name: str) -> Sql:
    return exp.Column(this=name(column_name), table=name(alias))


def aliased(sql: Sql, alias: str) -> Sql:
    return exp.Alias(this=sql, alias=name(alias))


def bracketed(sql: Sql) -> Sql:
    return exp.Paren(this=sql) if isinstance(sql, exp.Connector | exp.Not) else sql


def all_of(parts: Sequence[Sql]) -> Sql:
    """Return the conjunction; of nothing it is true."""
    return _connected(exp.And, parts) if parts else exp.true()


def any_of(parts: Sequence[Sql]) -> Sql:
    """Return the disjunction; of nothing it is false."""
    return _connected(exp.Or, parts) if parts else exp.false()


def _connected(connector: type[exp.Connector], parts: Sequence[Sql]) -> Sql:
    """Return a balanced tree, so that 500 parts nest nine deep and not 500."""
    if len(parts) == 1:
        return parts[0]
    half = len(parts) // 2
    left, right = _side(connector, parts[:half]), _side(connector, parts[half:])
    joined: Sql = connector(this=left, expression=right)
    return joined


def _side(connector: type[exp.Connector], parts: Sequence[Sql]) -> Sql:
    side = _connected(connector, parts)
    return side if len(parts) > 1 else bracketed(side)


def surely(sql: Sql) -> Sql:
    """Return the condition with false in the place of NULL."""
    if isinstance(sql, exp.Is):
        return sql
    return exp.Coalesce(this=sql, expressions=[exp.false()])


def not_(sql: Sql) -> Sql:
    """Return the exact complement: true wherever the condition is false or NULL."""
    return exp.Not(this=surely(sql))


def is_null(sql: Sql) -> Sql:
    return exp.Is(this=sql, expression=exp.null())


def not_null(sql: Sql) -> Sql:
    """Return IS NOT NULL in one piece: scans skip rows by it, by NOT (IS NULL) they do not."""
    return exp.Is(this=sql, expression=exp.Not(this=exp.null()))


def number(value: int) -> Sql:
    return exp.Literal.number(value)


def call(function: str, *arguments: Sql) -> Sql:
    return exp.Anonymous(this=function, expressions=list(arguments))


def select(
    expressions: Sequence[Sql],
    from_: Sql | None = None,
    joins: Sequence[exp.Join] = (),
    where: Sql | None = None,
    group: Sequence[Sql] = (),
    order: Sequence[Sql] = (),
    limit: Sql | None = None,
) -> exp.Select:
    """Return a SELECT made of these parts."""
    query = exp.Select(expressions=list(expressions))
    if from_ is not None:
        query.set("from_", exp.From(this=from_))
    if joins:
        query.set("joins", list(joins))
    if where is not None:
        query.set("where", exp.Where(this=where))
    if group:
        query.set("group", exp.Group(expressions=list(group)))
    if order:
        query.set("order", exp.Order(expressions=list(order)))
    if limit is not None:
        query.set("limit", exp.Limit(expression=limit))
    return query


def subquery(query: Sql, alias: str | None = None) -> exp.Subquery:
    if alias is None:
        return exp.Subquery(this=query)
    return exp.Subquery(this=query, alias=exp.TableAlias(this=name(alias)))


def table(alias: str, physical: str, schema: str | None = None) -> exp.Table:
    return exp.Table(
        this=name(physical),
        db=name(schema) if schema else None,
        alias=exp.TableAlias(this=name(alias)),
    )


def materialized(alias: str, query: Sql) -> exp.CTE:
    """Return the query as a table of a WITH, worked out once however often it is read."""
    return exp.CTE(this=query, alias=exp.TableAlias(this=name(alias)), materialized=True)


def join(source: Sql, on: Sql, side: str = "", method: str = "") -> exp.Join:
    return exp.Join(this=source, on=on, side=side or None, method=method or None)


def ordered(sql: Sql, descending: bool = False) -> Sql:
    """Return a sort key with NULL last either way, as the engine's default order is pinned."""
    return exp.Ordered(this=sql, desc=descending, nulls_first=False)


def filtered(aggregate: Sql, condition: Sql | None) -> Sql:
    if condition is None:
        return aggregate
    return exp.Filter(this=aggregate, expression=exp.Where(this=condition))


def text_of(sql: Sql) -> str:
    return sql.sql(dialect=DIALECT)
