# ruff: noqa: S608  (made of whole numbers and of our own words)
"""The rows of a generated shop as DuckDB SQL; each draw is a hash of row number and seed."""

from collections.abc import Sequence
from datetime import date
from itertools import accumulate

from core.data.instance import quote_text
from core.sample.seasons import signed_up_sql
from core.sample.shop import Shop
from core.sample.words import (
    CAMPAIGNS,
    CATEGORIES,
    CITIES,
    FIRST_NAMES,
    HOURS,
    LAST_NAMES,
    MAIL_HOSTS,
    PAGES,
    STYLES,
)

STORES = 40
MAX_LINES = 4
# People are of 1,000 kinds by their number; a kind's rank says how much it buys, and the kinds
# from `_BUYERS` on never do. `_SCATTER` has no factor in common with 1,000.
_KINDS, _BUYERS, _SCATTER = 1_000, 780, 377
_STEPS = 1 << 30


class Tables:
    """The SELECTs of one shop's tables; row numbers run from `low` to `past` - 1."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._products = _products()

    def customers(self, low: int, past: int) -> str:
        rank = f"(i * {pow(_SCATTER, -1, _KINDS)} % {_KINDS})"
        named = (
            f"SELECT i, {rank} AS rank, {self._pick(FIRST_NAMES, 1)} AS first_name,"
            f" {self._pick(LAST_NAMES, 2)} AS last_name, {self._weighted_place()} AS place,"
            f" {self._draw(4, 1000)} AS chance FROM range({low}, {past}) AS numbers(i)"
        )
        mail = f"strip_accents(lower(first_name || '.' || last_name)) || i || '@' || {self._pick(MAIL_HOSTS, 5)}"  # noqa: E501
        born = f"{_day(self._shop.until)} - 6570 - CAST({self._skewed(6, 20_000)} AS INTEGER)"
        return (
            f"SELECT {_key('c', 'i', 7)} AS customer_id, first_name, last_name,"
            f" CASE WHEN chance >= 30 THEN {mail} END AS email,"
            f" CASE WHEN {self._draw(7, 100)} >= 4 THEN {_one_of([c[0] for c in CITIES], 'place')}"
            f" END AS city, {_one_of([c[1] for c in CITIES], 'place')} AS country,"
            f" CASE WHEN {self._draw(8, 100)} >= 12 THEN {born} END AS birthday,"
            f" {signed_up_sql(self._shop)} AS signed_up, {self._tier()} AS loyalty_tier,"
            f" CAST(({_KINDS} - rank) * {self._draw(10, 40)} // 10 AS INTEGER) AS points,"
            f" CASE WHEN {self._draw(11, 100)} >= 3 THEN {self._draw(12, 100)} < 62 END"
            f" AS email_consent FROM ({named})"
        )

    def stores(self) -> str:
        city = f"i % {len(CITIES)}"
        return (
            f"SELECT {_key('s', 'i', 3)} AS store_id,"
            f" {_one_of([c[0] for c in CITIES], city)} || ' ' || (1 + i // {len(CITIES)}) AS name,"
            f" {_one_of([c[0] for c in CITIES], city)} AS city,"
            f" {_one_of([c[1] for c in CITIES], city)} AS country,"
            f" {self._pick(('street', 'mall', 'station'), 20)} AS kind"
            f" FROM range(0, {STORES}) AS numbers(i)"
        )

    def products(self) -> str:
        rows = ", ".join(
            f"('p{number:04}', {quote_text(name)}, {quote_text(category)},"
            f" CAST({cents} AS DECIMAL(10,2)) / 100)"
            for number, (name, category, cents) in enumerate(self._products)
        )
        return (
            "SELECT product_id, name, category, CAST(price AS DECIMAL(8,2)) AS price"
            f" FROM (VALUES {rows}) AS products(product_id, name, category, price)"
        )

    def orders(self, low: int, past: int) -> str:
        total = " + ".join(
            f"CASE WHEN lines > {line} THEN {self._cents(line)} ELSE 0 END"
            for line in range(MAX_LINES)
        )
        channel = "CASE WHEN way < 46 THEN 'web' WHEN way < 71 THEN 'app' ELSE 'store' END"
        store = f"CASE WHEN way >= 71 THEN {_key('s', self._skewed(31, STORES), 3)} END"
        return (
            f"SELECT {_key('o', 'i', 8)} AS order_id,"
            f" CASE WHEN {self._draw(32, 1000)} >= 6 THEN {_key('c', self._person(33), 7)} END"
            f" AS customer_id, {self._moment(34)} AS ordered_at, {channel} AS channel,"
            f" {store} AS store_id,"
            f" CASE WHEN chance < 52 THEN 'returned' WHEN chance < 80 THEN 'cancelled'"
            f" ELSE 'paid' END AS status,"
            f" CASE WHEN {self._draw(35, 100)} < 9 THEN {self._pick(CAMPAIGNS, 36)} END AS voucher,"
            f" CAST((CAST({total} AS DECIMAL(14,2))) / 100 AS DECIMAL(10,2)) AS total"
            f" FROM (SELECT *, {self._draw(37, 100)} AS way, {self._draw(38, 1000)} AS chance,"
            f" {self._line_count()} AS lines FROM {_events('order_days', low, past)})"
        )

    def order_lines(self, low: int, past: int, first_day: date) -> str:
        product = self._skewed(40, len(self._products), "line")
        lined = (
            f"SELECT *, unnest(range({self._line_count()})) AS line"
            f" FROM {_events('order_days', low, past, first_day)}"
        )
        return (
            f"SELECT {_key('o', 'i', 8)} || '-' || (line + 1) AS line_id,"
            f" {_key('o', 'i', 8)} AS order_id, {_key('p', product, 4)} AS product_id,"
            f" CAST({self._quantity('line')} AS INTEGER) AS quantity,"
            f" CAST(CAST({_one_of_numbers([p[2] for p in self._products], product)}"
            f" AS DECIMAL(14,2)) / 100 AS DECIMAL(8,2)) AS unit_price FROM ({lined})"
        )

    def visits(self, low: int, past: int) -> str:
        return (
            f"SELECT {_key('v', 'i', 9)} AS visit_id, {_key('c', self._person(50), 7)}"
            f" AS customer_id, {self._moment(51)} AS visited_at, {self._pick(PAGES, 52)} AS page,"
            f" {self._pick(('phone', 'phone', 'phone', 'laptop', 'laptop', 'tablet'), 53)}"
            f" AS device, CASE WHEN {self._draw(54, 100)} < 22 THEN {self._pick(CAMPAIGNS, 55)}"
            f" END AS campaign FROM {_events('visit_days', low, past)}"
        )

    def _draw(self, salt: int, below: int, line: str = "0") -> str:
        """Return a whole number from 0 to below - 1, evenly spread."""
        return f"CAST({self._hash(salt, line)} % {below} AS BIGINT)"

    def _skewed(self, salt: int, below: int, line: str = "0") -> str:
        """Return a whole number from 0 to below - 1; small ones come up to 25 times as often."""
        step = f"CAST({self._hash(salt, line)} % {_STEPS} AS BIGINT)"
        start = _STEPS // 25
        return f"(({step} * ({step} + {start}) // {_STEPS + start}) * {below} // {_STEPS})"

    def _hash(self, salt: int, line: str) -> str:
        return f"hash(CAST(i AS BIGINT), {self._shop.seed * 1_000 + salt} + {line})"

    def _pick(self, words: Sequence[str], salt: int) -> str:
        return _one_of(words, self._draw(salt, len(words)))

    def _weighted_place(self) -> str:
        bounds = list(accumulate(weight for *_, weight in CITIES))
        slots = [n for n, (*_, weight) in enumerate(CITIES) for _ in range(weight)]
        return _one_of_numbers(slots, self._draw(3, bounds[-1]))

    def _tier(self) -> str:
        return (
            "CASE WHEN rank < 15 THEN 'platinum' WHEN rank < 80 THEN 'gold'"
            f" WHEN rank < 300 THEN 'silver' WHEN {self._draw(9, 100)} < 70 THEN 'bronze' END"
        )

    def _person(self, salt: int) -> str:
        """Return who did it, of those who had signed up by then: few do much, some nothing."""
        kind = f"({self._skewed(salt, _BUYERS)} * {_SCATTER} % {_KINDS})"
        block = f"CAST({self._hash(salt + 100, '0')} % (1 + people // {_KINDS}) AS BIGINT)"
        return f"(({block} * {_KINDS} + {kind}) % people)"

    def _moment(self, salt: int) -> str:
        hour = _one_of_numbers(HOURS, self._draw(salt, len(HOURS)))
        second = self._draw(salt + 100, 3600)
        return f"CAST(day AS TIMESTAMP) + to_seconds({hour} * 3600 + {second})"

    def _line_count(self) -> str:
        slots = (1, 1, 1, 1, 1, 2, 2, 2, 3, 4)
        return _one_of_numbers(slots, self._draw(39, len(slots)))

    def _quantity(self, line: str) -> str:
        return _one_of_numbers((1, 1, 1, 1, 1, 1, 2, 2, 3, 6), self._draw(60, 10, line))

    def _cents(self, line: int) -> str:
        product = self._skewed(40, len(self._products), str(line))
        prices = [price for *_, price in self._products]
        return f"{_one_of_numbers(prices, product)} * {self._quantity(str(line))}"


def _products() -> list[tuple[str, str, int]]:
    """Return name, category and cents of every product, the popular first."""
    return [
        (f"{style} {noun.lower()}", category, cents * (2 + step) * (4 + place) // 8 // 10 * 10 + 9)
        for step, style in enumerate(STYLES)
        for place in range(5)
        for category, nouns, cents in CATEGORIES
        for noun in (nouns[place],)
    ]


def _events(days: str, low: int, past: int, first_day: date | None = None) -> str:
    """Return the events of a table of days with their number `i`, their `day` and `people`."""
    since = f" AND day >= {_day(first_day)}" if first_day else ""
    return (
        f"(SELECT day, people, unnest(range(greatest(first, {low}), least(past, {past}))) AS i"
        f" FROM {days} WHERE first < {past} AND past > {low}{since})"
    )


def _key(letter: str, number: str, width: int) -> str:
    return f"printf('{letter}%0{width}d', {number})"


def _day(day: date) -> str:
    return f"DATE '{day}'"


def _one_of(words: Sequence[str], position: str) -> str:
    return f"[{', '.join(map(quote_text, words))}][1 + {position}]"


def _one_of_numbers(numbers: Sequence[int], position: str) -> str:
    return f"CAST([{', '.join(map(str, numbers))}][1 + {position}] AS BIGINT)"
