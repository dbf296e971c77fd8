"""The three segments worked out with pandas, apart from everything that Rollcall does."""

from datetime import datetime, timedelta
from functools import cache
from math import ceil
from zoneinfo import ZoneInfo

import pandas as pd

from tests.journey.dataset import ZONE, study_files


@cache
def _transactions() -> pd.DataFrame:
    """Return household, department, cents and the instant of every transaction."""
    files = study_files()
    bought = pd.read_parquet(files / "transactions.parquet")
    products = pd.read_parquet(files / "products.parquet")
    found = bought.merge(products[["product_id", "department"]], on="product_id", how="left")
    found["cents"] = (found["sales_value"] * 100).round().astype("int64")
    later = pd.Series(False, index=found.index).to_numpy()
    found["at"] = found["transaction_timestamp"].dt.tz_localize(
        ZONE, ambiguous=later, nonexistent=timedelta(hours=1)
    )
    return found[["household_id", "department", "cents", "at"]]


def grocery(now: datetime) -> set[str]:
    """Return who spent at least 200 on GROCERY in the last 60 days."""
    found = _transactions()
    today = now.astimezone(ZoneInfo(ZONE)).date()
    start = datetime.combine(today - timedelta(days=60), datetime.min.time(), ZoneInfo(ZONE))
    recent = found[(found["at"] >= start) & (found["at"] <= now)]
    spent = recent[recent["department"] == "GROCERY"].groupby("household_id")["cents"].sum()
    return {str(household) for household in spent[spent >= 20_000].index}


def families(now: datetime) -> set[str]:
    """Return families of 35-54 without a coupon this year, who bought in 3 departments."""
    people = pd.read_parquet(study_files() / "demographics.parquet")
    right = people[
        people["age"].isin(["35-44", "45-54"]) & people["kids_count"].isin(["1", "2", "3+"])
    ]
    redeemed = pd.read_parquet(study_files() / "coupon_redemptions.parquet")
    year = now.astimezone(ZoneInfo(ZONE)).year
    redeemers = set(redeemed[redeemed["redemption_date"].dt.year == year]["household_id"])
    departments = _transactions().groupby("household_id")["department"].nunique()
    shoppers = set(departments[departments >= 3].index)
    return {str(each) for each in (set(right["household_id"]) - redeemers) & shoppers}


def big_spenders(now: datetime) -> set[str]:
    """Return the top 10 % by spend of all time who are not in `grocery`."""
    spent = _transactions().groupby("household_id")["cents"].sum()
    ranks = spent.rank(method="min", ascending=False)
    top = ranks[ranks <= ceil(len(spent) * 10 / 100)]
    return {str(household) for household in top.index} - grocery(now)


EXPECTED = {"grocery": grocery, "families": families, "big_spenders": big_spenders}
