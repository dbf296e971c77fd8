"""Twenty segments over the whole format, each with the SQL that an expert would write.

The SQL stands on the same tables: `_row` numbers people, `_person` is that number on their rows.
`{s}` is the snapshot; `now` is 23 November 2026, 09:00 in Paris.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

_NOW = "TIMESTAMPTZ '2026-11-23 09:00:00+01'"
_DAYS_30 = "TIMESTAMPTZ '2026-10-24 00:00:00+02'"
_DAYS_90 = "TIMESTAMPTZ '2026-08-25 00:00:00+02'"
_DAYS_180 = "TIMESTAMPTZ '2026-05-27 00:00:00+02'"
_YEAR = "TIMESTAMPTZ '2025-11-23 00:00:00+01'"


@dataclass(frozen=True, slots=True)
class Reference:
    """One segment, and a statement with one row and column: its size."""

    name: str
    segment: dict[str, object]
    sql: str
    named: Mapping[str, object] = field(default_factory=dict)


def all_of(*conditions: object, **rest: object) -> dict[str, object]:
    return {"where": {"match": "all", "conditions": list(conditions)}, **rest}


def group(match: str, *conditions: object) -> dict[str, object]:
    return {"match": match, "conditions": list(conditions)}


def is_field(name: str, op: str, value: object = None, **rest: object) -> dict[str, object]:
    given = {} if value is None else {"value": value}
    return {"field": name, "op": op, **given, **rest}


def orders(measure: str, op: str, value: object, **rest: object) -> dict[str, object]:
    return {"table": "orders", "measure": measure, "op": op, "value": value, **rest}


def last(count: int, unit: str = "days") -> dict[str, object]:
    return {"op": "in_last", "value": {"count": count, "unit": unit}}


_NAMES = (
    "martin bernard dubois thomas robert richard petit durand leroy moreau simon laurent garcia"
    " roux morel girard dupont lambert faure blanc muller henry perrin morin lopez"
)

REFERENCES = (
    Reference(
        "fields: country, tier in a list, consent",
        all_of(
            is_field("country", "is", "FR"),
            is_field("loyalty_tier", "is_any_of", ["gold", "platinum"]),
            is_field("email_consent", "is_true"),
        ),
        "SELECT count(*) FROM {s}.customers WHERE country = 'FR'"
        " AND loyalty_tier IN ('gold', 'platinum') AND email_consent",
    ),
    Reference(
        "text: e-mail contains, or city starts with",
        {
            "where": group(
                "any",
                is_field("email", "contains", "Martin"),
                is_field("city", "starts_with", "st"),
            )
        },
        "SELECT count(*) FROM {s}.customers WHERE contains(lower(email), 'martin')"
        " OR starts_with(lower(city), 'st')",
    ),
    Reference(
        "a list of 25 names without case, points between",
        all_of(
            is_field("last_name", "is_any_of", _NAMES.split(), ignore_case=True),
            is_field("points", "between", [100, 1500]),
        ),
        "SELECT count(*) FROM {s}.customers WHERE points BETWEEN 100 AND 1500 AND"
        f" lower(last_name) IN ({', '.join(map(repr, _NAMES.split()))})",
    ),
    Reference(
        "dates: birthday soon, or new this year",
        {
            "where": group(
                "any",
                is_field("birthday", "anniversary_in_next", {"count": 14, "unit": "days"}),
                is_field("signed_up", "in_last", {"count": 1, "unit": "years"}),
            )
        },
        "SELECT count(*) FROM {s}.customers WHERE"
        " month(birthday) * 100 + day(birthday) BETWEEN 1123 AND 1207"
        " OR signed_up BETWEEN DATE '2025-11-23' AND DATE '2026-11-23'",
    ),
    Reference(
        "none of: a city, a blank tier, a mail host",
        {
            "where": group(
                "none",
                is_field("city", "is", "Paris"),
                is_field("loyalty_tier", "is_blank"),
                is_field("email", "ends_with", "@example.org"),
            )
        },
        "SELECT count(*) FROM {s}.customers WHERE city IS DISTINCT FROM 'Paris'"
        " AND loyalty_tier IS NOT NULL"
        " AND (email IS NULL OR NOT ends_with(lower(email), '@example.org'))",
    ),
    Reference(
        "count: at least 3 orders in 90 days",
        all_of(orders("count", "at_least", 3, when=last(90))),
        "SELECT count(*) FROM (SELECT _person FROM {s}.orders WHERE _person IS NOT NULL"
        f" AND ordered_at BETWEEN {_DAYS_90} AND {_NOW} GROUP BY _person HAVING count(*) >= 3)",
    ),
    Reference(
        "sum: more than 200 on the web in 365 days",
        all_of(
            orders(
                "sum",
                "greater_than",
                200,
                of="total",
                when=last(365),
                where=group("all", is_field("channel", "is", "web")),
            )
        ),
        "SELECT count(*) FROM (SELECT _person FROM {s}.orders WHERE _person IS NOT NULL"
        f" AND ordered_at BETWEEN {_YEAR} AND {_NOW} AND channel = 'web'"
        " GROUP BY _person HAVING sum(total) > 200)",
    ),
    Reference(
        "average: at least 75 an order",
        all_of(orders("average", "at_least", 75, of="total")),
        "SELECT count(*) FROM (SELECT _person FROM {s}.orders WHERE _person IS NOT NULL"
        " GROUP BY _person HAVING round(sum(total) * 1000000 / count(total)) >= 75000000)",
    ),
    Reference(
        "distinct: at least 3 stores",
        all_of(orders("count_distinct", "at_least", 3, of="store_id")),
        "SELECT count(*) FROM (SELECT _person FROM {s}.orders WHERE _person IS NOT NULL"
        " AND store_id IS NOT NULL GROUP BY _person HAVING count(DISTINCT store_id) >= 3)",
    ),
    Reference(
        "minimum: first order within a year",
        all_of(
            orders("minimum", "in_last", {"count": 1, "unit": "years"}, of="ordered_at"),
        ),
        "SELECT count(*) FROM (SELECT _person FROM {s}.orders WHERE _person IS NOT NULL"
        f" GROUP BY _person HAVING min(ordered_at) BETWEEN {_YEAR} AND {_NOW})",
    ),
    Reference(
        "maximum: last order more than 180 days ago",
        all_of(
            orders("maximum", "more_than_ago", {"count": 180, "unit": "days"}, of="ordered_at"),
        ),
        "SELECT count(*) FROM (SELECT _person FROM {s}.orders WHERE _person IS NOT NULL"
        f" GROUP BY _person HAVING max(ordered_at) < {_DAYS_180})",
    ),
    Reference(
        "share: a voucher on 20 percent of orders",
        all_of(
            orders("share", "at_least", 20, that=group("all", is_field("voucher", "is_not_blank")))
        ),
        "SELECT count(*) FROM (SELECT _person FROM {s}.orders WHERE _person IS NOT NULL"
        " GROUP BY _person HAVING count(voucher) * 5 >= count(*))",
    ),
    Reference(
        "most frequent: channel is app",
        all_of(orders("most_frequent", "is", "app", of="channel")),
        "SELECT count(*) FROM (SELECT count(*) FILTER (channel = 'app') AS app,"
        " count(*) FILTER (channel = 'store') AS store, count(*) FILTER (channel = 'web') AS web"
        " FROM {s}.orders WHERE _person IS NOT NULL GROUP BY _person)"
        " WHERE app > 0 AND app >= store AND app >= web",
    ),
    Reference(
        "six at once: field, orders five ways, visits",
        all_of(
            is_field("country", "is", "FR"),
            orders("count", "at_least", 5),
            orders("sum", "at_least", 300, of="total", when=last(365)),
            orders("count", "equals", 0, where=group("all", is_field("status", "is", "returned"))),
            orders("maximum", "in_last", {"count": 90, "unit": "days"}, of="ordered_at"),
            orders("count_distinct", "at_least", 4, of="ordered_at", per="month"),
            {"table": "visits", "measure": "count", "op": "at_least", "value": 1, "when": last(30)},
        ),
        "SELECT count(*) FROM {s}.customers WHERE country = 'FR' AND _row IN"
        " (SELECT _person FROM {s}.orders WHERE _person IS NOT NULL GROUP BY _person"
        " HAVING count(*) >= 5"
        f" AND sum(total) FILTER (ordered_at BETWEEN {_YEAR} AND {_NOW}) >= 300"
        " AND count(*) FILTER (status = 'returned') = 0"
        f" AND max(ordered_at) BETWEEN {_DAYS_90} AND {_NOW}"
        " AND count(DISTINCT date_trunc('month', timezone('Europe/Paris', ordered_at))) >= 4)"
        " AND _row IN (SELECT _person FROM {s}.visits"
        f" WHERE visited_at BETWEEN {_DAYS_30} AND {_NOW})",
    ),
    Reference(
        "pick: the last order was on the web",
        all_of(
            orders(
                "count",
                "at_least",
                1,
                pick={"last": 1},
                that=group("all", is_field("channel", "is", "web")),
            )
        ),
        "SELECT count(*) FROM (SELECT arg_max(channel, (ordered_at, order_id)) AS channel"
        " FROM {s}.orders WHERE _person IS NOT NULL AND ordered_at IS NOT NULL GROUP BY _person)"
        " WHERE channel = 'web'",
    ),
    Reference(
        "followed by: a cart, and no order within 2 days",
        all_of(
            {
                "table": "visits",
                "where": group("all", is_field("page", "is", "cart")),
                "followed_by": {
                    "op": "did_not",
                    "table": "orders",
                    "within": {"count": 2, "unit": "days"},
                },
                "measure": "count",
                "op": "at_least",
                "value": 1,
            }
        ),
        "SELECT count(DISTINCT v._person) FROM {s}.visits AS v"
        " ASOF LEFT JOIN (SELECT _person, ordered_at FROM {s}.orders"
        " WHERE ordered_at > (SELECT min(visited_at) FROM {s}.visits)) AS o"
        " ON v._person = o._person AND v.visited_at < o.ordered_at"
        " WHERE v.page = 'cart' AND v._person IS NOT NULL AND v.visited_at IS NOT NULL"
        " AND (o.ordered_at IS NULL OR o.ordered_at > v.visited_at + to_hours(48))",
    ),
    Reference(
        "top 10 percent by what they spent",
        all_of(orders("sum", "in_top_percent", 10, of="total")),
        "WITH spent AS MATERIALIZED (SELECT coalesce(total, 0) AS total FROM {s}.customers"
        " LEFT JOIN (SELECT _person, sum(total) AS total FROM {s}.orders GROUP BY _person) AS o"
        " ON _person = _row), edge AS (SELECT total FROM spent ORDER BY total DESC LIMIT 1"
        " OFFSET (SELECT (count(*) + 9) // 10 - 1 FROM spent))"
        " SELECT count(*) FROM spent WHERE total >= (SELECT total FROM edge)",
    ),
    Reference(
        "named: in the best fifth by points, not lapsed",
        all_of(
            {"segment": "best", "op": "in"},
            {"segment": "lapsed", "op": "not_in"},
        ),
        "WITH french AS MATERIALIZED (SELECT _row, points, customer_id FROM {s}.customers"
        " WHERE country = 'FR'), best AS (SELECT _row FROM french"
        " ORDER BY points DESC NULLS LAST, customer_id"
        " LIMIT (SELECT (count(*) + 4) // 5 FROM french))"
        " SELECT count(*) FROM best ANTI JOIN (SELECT _person FROM {s}.orders"
        f" WHERE _person IS NOT NULL GROUP BY _person HAVING max(ordered_at) < {_DAYS_180})"
        " ON _row = _person",
        {
            "best": all_of(
                is_field("country", "is", "FR"),
                limit={"percent": 20, "by": "points", "order": "highest"},
            ),
            "lapsed": all_of(
                orders("maximum", "more_than_ago", {"count": 180, "unit": "days"}, of="ordered_at")
            ),
        },
    ),
    Reference(
        "named: a random tenth, who want e-mail",
        all_of({"segment": "tenth", "op": "in"}, is_field("email_consent", "is_true")),
        "WITH tenth AS (SELECT email_consent FROM {s}.customers"
        " ORDER BY md5('autumn:' || customer_id), customer_id"
        " LIMIT (SELECT (count(*) + 9) // 10 FROM {s}.customers))"
        " SELECT count(*) FROM tenth WHERE email_consent",
        {"tenth": {"limit": {"percent": 10, "salt": "autumn"}}},
    ),
    Reference(
        "lines and products: at least 2 books in 60 days",
        all_of(
            {
                "table": "order_lines",
                "where": group("all", is_field("products.category", "is", "Books")),
                "when": last(60),
                "measure": "sum",
                "of": "quantity",
                "op": "at_least",
                "value": 2,
            }
        ),
        "SELECT count(*) FROM (SELECT l._person FROM {s}.order_lines AS l"
        " JOIN {s}.products AS p ON p.product_id = l.product_id AND p.category = 'Books'"
        " JOIN {s}.orders AS o ON o.order_id = l.order_id"
        " AND o.ordered_at BETWEEN TIMESTAMPTZ '2026-09-24 00:00:00+02'"
        f" AND {_NOW} WHERE l._person IS NOT NULL GROUP BY l._person HAVING sum(quantity) >= 2)",
    ),
)
