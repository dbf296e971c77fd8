"""What the contract suite needs of a platform: a file of its name in `accounts` that makes one."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

import pytest


@dataclass(frozen=True, slots=True)
class Account:
    """A working config, and a way past the destination to see who is in an audience."""

    config: dict[str, str]
    read_members: Callable[[str], set[str]]


def open_account(platform: str, request: pytest.FixtureRequest) -> Account:
    """Return an account without audiences; the platform's file may ask for fixtures."""
    account = import_module(f"tests.contract.accounts.{platform}").open_account(request)
    assert isinstance(account, Account)
    return account
