"""A tiny workspace: six people, their orders, three segments, a list in files and one in Batch."""

import json
from pathlib import Path
from typing import Any

WINTER, SUMMER = "2026-02-01", "2026-08-01"
FRENCH = ["00001", "c2", "c3"]
ACTIVE_IN_WINTER = ["00001", "c4"]

SEGMENTS: dict[str, dict[str, Any]] = {
    "french": {
        "where": {
            "match": "all",
            "conditions": [{"field": "country", "op": "is", "value": "FR"}],
        }
    },
    "active": {
        "where": {
            "match": "all",
            "conditions": [
                {
                    "table": "orders",
                    "when": {"op": "in_last", "value": {"count": 30, "unit": "days"}},
                    "measure": "count",
                    "op": "at_least",
                    "value": 1,
                }
            ],
        }
    },
    "french_and_active": {
        "where": {
            "match": "all",
            "conditions": [
                {"segment": "french", "op": "in"},
                {"segment": "active", "op": "in"},
            ],
        }
    },
}

_CUSTOMERS = """\
customer_id,country,city,points
00001,FR,Paris,10.50
c2,FR,Lyon,7
c3,FR,,3
c4,DE,Bonn,12
c5,DE,Köln,
c6,ES,Vigo,1
"""

_ORDERS = """\
order_id,customer_id,ordered_at,amount
o1,00001,2026-01-15 12:00:00,20.00
o2,c4,2026-01-31 00:00:00,30.00
o3,c6,2025-06-01 09:00:00,5.00
"""

_MANIFEST = """\
time_zone = "Europe/Paris"
people = "customers"

[tables.customers]
file = "customers.csv"
key = "customer_id"

[tables.orders]
file = "orders.csv"
key = "order_id"
time = "ordered_at"

[[links]]
from = "orders.customer_id"
to = "customers.customer_id"
"""

_WORKSPACE = """\
[data]
manifest = "dataset.toml"
schedule = {{ cron = "30 5 * * *" }}

[destinations.crm]
platform = "batch"
origin = "{origin}"
rest_api_key = {{ env = "EXAMPLE_REST_API_KEY" }}
project_key = {{ env = "EXAMPLE_PROJECT_KEY" }}

[destinations.files]
platform = "csv_file"
folder = "lists"

[segments.french]
name = "French people"
file = "french.json"

[segments.active]
file = "active.json"

[segments.french_and_active]
file = "french_and_active.json"

[activations.french_to_batch]
segment = "french"
destination = "crm"
external_id = "customer_id"
attributes = {{ town = "city" }}
audience_name = "french"
schedule = {{ days = ["mon", "thu"], at = ["07:00", "18:00"], starts = 2026-01-01 }}
guards = {{}}

[activations.active_to_file]
segment = "active"
destination = "files"
external_id = "customer_id"
audience_name = "active"
"""


def write_dataset(folder: Path) -> Path:
    """Write the tables and their manifest; return the manifest's path."""
    (folder / "customers.csv").write_text(_CUSTOMERS, encoding="utf-8")
    (folder / "orders.csv").write_text(_ORDERS, encoding="utf-8")
    manifest = folder / "dataset.toml"
    manifest.write_text(_MANIFEST, encoding="utf-8")
    return manifest


def write_workspace(folder: Path, origin: str) -> Path:
    """Write the workspace file and its segments; return its path."""
    for key, segment in SEGMENTS.items():
        (folder / f"{key}.json").write_text(json.dumps(segment), encoding="utf-8")
    path = folder / "workspace.toml"
    path.write_text(_WORKSPACE.format(origin=origin), encoding="utf-8")
    return path
