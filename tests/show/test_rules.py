"""The rules of a file in words."""

from pathlib import Path

from click.testing import CliRunner

from lichen.cli import lichen
from lichen.language.reading import read
from lichen.language.source import Source
from lichen.show.rules import rules_of, rules_text
from lichen.workspace import read_relationship

ROOT = Path(__file__).parent.parent.parent
BARE = """\
lichen: 1
relationship: Two
time: {start: 2026-01-01, horizon: 1 year, step: 1 month}
parties:
  mill: {name: Old Mill, kind: organisation, capacities: {flour: {level: 10, floor: 1}}}
  bakery: {kind: organisation, capacities: {bread: {level: 10, floor: 1}}}
flows:
  sacks: {kind: benefit, from: mill, to: bakery, rate: 1 per month, worth: {bread: 1}}
"""
RULED = """\
exit: {notice: 20 days, continuity: {sacks: 80 %}, because: the lease says so}
adjustment: {raised_by: [mill], review_every: 26 weeks, agreed_by: all}
power_review: {every: 1 year, safeguards: [mediator], source: letter of May}
costs: {review: {mill: 6 hour}}
"""


def told(text: str) -> dict[str, tuple[str, str]]:
    found = read(Source("two.yaml", text))
    assert found.relationship is not None, found.problems
    return {rule.title: (rule.says, rule.because) for rule in rules_of(found.relationship)}


def test_each_rule_is_a_sentence_with_its_reason() -> None:
    assert told(BARE + RULED) == {
        "Changing terms": (
            "Old Mill may raise an imbalance. Terms are reviewed every 26 weeks. All agree on a change; it is in force "
            "at once.",
            "",
        ),
        "Leaving": (
            "Who leaves says so 20 days before. Until then these go on: “sacks” at 80\u202f%.",
            "the lease says so",
        ),
        "Power": ("Power is looked at every 1 year. What protects the weaker side: mediator.", "letter of May"),
        "What review takes": ("Old Mill `6 hour`.", ""),
    }


def test_a_file_without_rules_says_so() -> None:
    found = read(Source("two.yaml", BARE)).relationship
    assert found is not None
    assert rules_of(found) == ()
    assert "The file states no rules." in rules_text(found)


def test_every_section_of_rules_in_an_example_is_told_with_its_place() -> None:
    relationship = read_relationship(ROOT / "examples/supply/relationship.yaml").relationship
    assert relationship is not None
    rules = rules_of(relationship)
    heads = {rule.title.partition(":")[0] for rule in rules}
    assert heads == {
        "Return",
        "Shared measure",
        "Reinforcement",
        "Benefit and obligation",
        "Changing terms",
        "Shared risk",
        "Leaving",
        "Power",
        "What recording takes",
        "What review takes",
        "Agreement",
    }
    assert all(rule.at is not None for rule in rules)


def test_explain_tells_the_rules_of_a_file_and_refuses_a_wrong_one(tmp_path: Path) -> None:
    right, wrong = tmp_path / "two.yaml", tmp_path / "wrong.yaml"
    right.write_text(BARE + RULED)
    wrong.write_text(BARE.replace("horizon: 1 year, ", ""))
    told = CliRunner().invoke(lichen, ["explain", str(right)])
    assert told.exit_code == 0
    assert "Because: the lease says so" in told.output
    assert CliRunner().invoke(lichen, ["explain", str(wrong)]).exit_code == 2
