"""The manifest of a generated shop."""

from core.sample.shop import Shop

_STANDING = """\
time_zone = "{zone}"
people = "customers"

[tables.customers]
file = "customers/*.{format}"
key = "customer_id"
[tables.customers.labels]
customer_id = "Customer number"
first_name = "First name"
last_name = "Last name"
email = "E-mail"
city = "City"
country = "Country"
birthday = "Birthday"
signed_up = "Signed up on"
loyalty_tier = "Loyalty tier"
points = "Points"
email_consent = "Wants e-mail"

[tables.stores]
file = "stores/*.{format}"
key = "store_id"
[tables.stores.labels]
store_id = "Store number"
name = "Name of the store"
city = "City"
country = "Country"
kind = "Kind of store"

[tables.products]
file = "products/*.{format}"
key = "product_id"
[tables.products.labels]
product_id = "Product number"
name = "Product"
category = "Category"
price = "Price"

[tables.orders]
file = "orders/*.{format}"
key = "order_id"
time = "ordered_at"
[tables.orders.labels]
order_id = "Order number"
customer_id = "Customer number"
ordered_at = "Ordered at"
channel = "Channel"
store_id = "Store number"
status = "Status"
voucher = "Voucher"
total = "Order total"
"""

_LINES = """
[tables.order_lines]
file = "order_lines/*.{format}"
key = "line_id"
[tables.order_lines.labels]
line_id = "Line number"
order_id = "Order number"
product_id = "Product number"
quantity = "Quantity"
unit_price = "Unit price"
"""

_VISITS = """
[tables.visits]
file = "visits/*.{format}"
key = "visit_id"
time = "visited_at"
[tables.visits.labels]
visit_id = "Visit number"
customer_id = "Customer number"
visited_at = "Visited at"
page = "Page"
device = "Device"
campaign = "Campaign"
"""

_LINK = '\n[[links]]\nfrom = "{}"\nto = "{}"\n'


def manifest_text(shop: Shop) -> str:
    """Return the text of `dataset.toml`."""
    parts = [_STANDING]
    links = [
        ("orders.customer_id", "customers.customer_id"),
        ("orders.store_id", "stores.store_id"),
    ]
    if shop.lines:
        parts.append(_LINES)
        links.append(("order_lines.order_id", "orders.order_id"))
        links.append(("order_lines.product_id", "products.product_id"))
    if shop.visits:
        parts.append(_VISITS)
        links.append(("visits.customer_id", "customers.customer_id"))
    tables = "".join(part.format(zone=shop.zone, format=shop.format) for part in parts)
    return tables + "".join(_LINK.format(*link) for link in links)
