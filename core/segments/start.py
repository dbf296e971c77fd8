"""Lets a query start from the rows of a measure where it asks nothing of people themselves."""

from sqlglot import exp

from core.segments.sql import Sql, name

# NULL as soon as one of their operands is, or at least not true.
_STRICT = (
    exp.EQ,
    exp.GT,
    exp.GTE,
    exp.LT,
    exp.LTE,
    exp.Between,
    exp.In,
    exp.Contains,
    exp.StartsWith,
    exp.EndsWith,
)
_CARRIES_NULL = (exp.Paren, exp.Cast, exp.Lower, exp.Mul, exp.Add)


def start_from_measure(query: exp.Select, people: str, row_number: str) -> exp.Select:
    """Return the query without the people, where a measure's rows stand for those it finds.

    That is so where nothing but row numbers is read of `people`, and the condition is never true
    without a row of the measure: it has one a person, under the person's row number.
    """
    where = query.args.get("where")
    read = [each for each in query.find_all(exp.Column) if each.table == people]
    if where is None or any(each.name != row_number for each in read):
        return query
    joins: list[exp.Join] = query.args.get("joins") or []
    first = next((each for each in joins if _needs(where.this, each.alias_or_name)), None)
    if first is None:
        return query
    key = first.args["on"].expression
    for each in read:
        each.set("this", key.this.copy())
        each.set("table", name(key.table))
    query.set("from_", exp.From(this=first.this))
    query.set("joins", [each for each in joins if each is not first])
    return query


def _needs(condition: Sql, alias: str) -> bool:
    """Return whether the condition is not true wherever all columns of `alias` are NULL."""
    if isinstance(condition, exp.Paren):
        return _needs(condition.this, alias)
    if isinstance(condition, exp.And):
        return _needs(condition.left, alias) or _needs(condition.right, alias)
    if isinstance(condition, exp.Or):
        return _needs(condition.left, alias) and _needs(condition.right, alias)
    if not isinstance(condition, _STRICT):
        return False
    compared = [condition.this]
    if not isinstance(condition, exp.In | exp.Between):
        compared.append(condition.expression)
    return any(_is_null_without(each, alias) for each in compared)


def _is_null_without(sql: Sql, alias: str) -> bool:
    if isinstance(sql, exp.Column):
        return sql.table == alias
    if isinstance(sql, exp.Case):
        plain = sql.this is None and sql.args.get("default") is None
        return plain and all(_needs(each.this, alias) for each in sql.args["ifs"])
    if not isinstance(sql, _CARRIES_NULL):
        return False
    return any(
        _is_null_without(each, alias) for each in (sql.this, sql.expression) if each is not None
    )
