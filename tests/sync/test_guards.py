import pytest

from core.errors import RunRefused, UsageError
from core.sync.guards import DEFAULT_GUARDS, Do, GuardCounts, check_guards, parse_guards


def counts(*, wanted=10, held=10, adds=0, removes=0, first=False) -> GuardCounts:
    return GuardCounts(wanted=wanted, held=held, adds=adds, removes=removes, first=first)


def test_a_list_that_would_become_empty_is_held():
    verdicts = check_guards(parse_guards({"empty": "hold"}), counts(wanted=0, removes=10))
    assert [(v.guard, v.do) for v in verdicts] == [("empty", Do.HOLD)]


def test_a_list_that_is_empty_already_is_not_held():
    assert check_guards(DEFAULT_GUARDS, counts(wanted=0, held=0)) == ()


@pytest.mark.parametrize(("removes", "held"), [(30, False), (31, True)])
def test_more_than_the_limit_leaving_is_held(removes, held):
    verdicts = check_guards(DEFAULT_GUARDS, counts(wanted=70, held=100, removes=removes))
    assert bool(verdicts) is held


def test_a_reason_names_share_and_limit():
    (verdict,) = check_guards(DEFAULT_GUARDS, counts(held=10_830, removes=4_664))
    assert verdict.reason == "43.1 % would leave, your limit is 30 %"


def test_percent_guards_skip_the_first_run():
    assert check_guards(DEFAULT_GUARDS, counts(held=10, removes=10, first=True)) == ()


def test_left_out_means_the_defaults_and_an_empty_mapping_none():
    assert parse_guards(None) == DEFAULT_GUARDS
    assert parse_guards({}) == ()


def test_a_guard_may_only_notify():
    guards = parse_guards({"removals": {"above_percent": 5, "do": "notify"}})
    (verdict,) = check_guards(guards, counts(held=100, removes=6))
    assert verdict.do is Do.NOTIFY


def test_a_guard_of_a_later_version_is_refused():
    with pytest.raises(RunRefused, match="additions"):
        parse_guards({"additions": "hold"})


@pytest.mark.parametrize(
    "wrong",
    [
        {"removals": {"above_percent": 101}},
        {"empty": "explode"},
        {"empty": {"percent": 3}},
        {"empty": 3},
    ],
)
def test_a_wrong_parameter_is_refused_with_its_place(wrong):
    with pytest.raises(UsageError, match=r"^guards\."):
        parse_guards(wrong)
