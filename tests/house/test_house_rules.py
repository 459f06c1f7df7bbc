"""The house keeps its rules, and each rule objects to a sample that breaks it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.rules import (
    choices,
    commits,
    concepts,
    names,
    paging,
    refusals,
    scripts,
    sentences,
    size,
    unused,
    writes,
)
from tests.house.rules.source import ROOT, Rule, Source

RULES = (
    commits.COMMITS,
    writes.WRITES,
    choices.IN_PYTHON,
    choices.IN_TEMPLATES,
    choices.IN_SCRIPT_FILES,
    refusals.BARE,
    scripts.LAYERS,
    names.ONE_MEANING,
    paging.PAGES,
    size.FILES,
    size.LINES,
    size.PARTS,
    size.DOCSTRINGS,
    unused.UNUSED,
    concepts.CONCEPTS,
    sentences.ONCE,
)
# What ruff keeps for the house (pyproject.toml says why), each with a sample that breaks it.
LINTED = {
    "PLC0415": "def f() -> None:\n    from obcms.work import project\n\n    project.f()\n",
    "TID251": "from datetime import date\n\nTODAY = date.today()\n",
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_house_keeps_the_rule(rule: Rule) -> None:
    assert rule.findings() == [], rule.reason


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_rule_objects_to_what_breaks_it_and_to_nothing_near(rule: Rule) -> None:
    for path, text in rule.breaks:
        assert list(rule.check(Source(Path(path), text))), text
    for path, text in rule.keeps:
        assert not list(rule.check(Source(Path(path), text))), text


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_rule_looks_at_files_that_are_there(rule: Rule) -> None:
    assert any(rule.sources())


@pytest.mark.parametrize("path", sorted(commits.ALSO_COMMIT))
def test_what_no_longer_commits_leaves_the_list_of_what_does(path: str) -> None:
    assert list(commits.commits(Source.read(ROOT / path)))


@pytest.mark.parametrize("path", sorted(choices.FOREIGN_WORDS))
def test_what_compares_no_foreign_words_leaves_the_list_of_what_does(path: str) -> None:
    assert list(choices.compared(Source.read(ROOT / path)))


@pytest.mark.parametrize("name", sorted(unused.FOUND_BY_NAME))
def test_what_is_no_longer_called_by_its_name_leaves_the_list_of_what_is(name: str) -> None:
    assert any(f"def {name}(" in source.text for source in unused.UNUSED.sources())


@pytest.mark.parametrize("path", sorted(paging.PAGERS))
def test_what_no_longer_pages_leaves_the_list_of_what_does(path: str) -> None:
    assert list(paging.pages(Source.read(ROOT / path)))


@pytest.mark.parametrize("name", sorted(names.ON_SEVERAL_FLOORS))
def test_what_is_on_one_floor_again_leaves_the_list_of_what_is_on_several(name: str) -> None:
    assert names.PLACES[name] == names.ON_SEVERAL_FLOORS[name]


@pytest.mark.parametrize("path", concepts.KNOWN)
def test_what_the_kernel_no_longer_knows_leaves_the_list_of_what_it_knows(path: str) -> None:
    known = set(concepts.KNOWN[path][0].split())
    assert known == {word for _, word in concepts.found(Source.read(ROOT / path))}


@pytest.mark.parametrize("code", LINTED)
def test_ruff_objects_to_what_the_house_forbids(code: str) -> None:
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format=concise"]
    name = f"--stdin-filename={ROOT / 'obcms/work/sample.py'}"
    found = subprocess.run(
        [*command, name, "-"], input=LINTED[code], capture_output=True, text=True, check=False
    )
    assert code in found.stdout
