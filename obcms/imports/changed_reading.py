"""What somebody chose on the preview about how the list is to be read (SPEC 13)."""

from collections.abc import Mapping
from typing import Any

from obcms.imports.answers import NOWHERE, OF_LIST, Answers

COLUMN = "column-"  # and the list's number, a hyphen, the letter: the field that it holds
ANSWER = "answer-"  # and its key


def changed_answers(
    known: Answers, answers: Mapping[str, str], parsed: Mapping[str, Any], form: Mapping[str, str]
) -> dict[str, str]:
    """The answers so far, with those of the form: to questions, and where a column was changed.

    What is chosen for all lists takes the place of what was chosen for one. Raises Invalid for
    what is no answer.
    """
    chosen = {
        name.removeprefix(ANSWER): value
        for name, value in form.items()
        if name.startswith(ANSWER) and value
    }
    kept = {key: value for key, value in answers.items() if key.partition(OF_LIST)[0] not in chosen}
    lists = parsed["lists"]
    for one in lists:
        of_list = f"{OF_LIST}{one['list']}" if len(lists) > 1 else ""
        chosen |= {f"{key}{of_list}": value for key, value in _columns(known, one, form).items()}
    return {**kept, **known.parse(f"{key}={value}" for key, value in chosen.items())}


def _columns(known: Answers, one: Mapping[str, Any], form: Mapping[str, str]) -> dict[str, str]:
    """Only what differs from how the list was read."""
    was = {column["column"]: column["role"] for column in one["columns"]}
    now = {letter: form.get(f"{COLUMN}{one['list']}-{letter}", was[letter]) for letter in was}
    changed = {}
    for name, key in known.columns.items():
        before = [letter for letter, role in was.items() if role == name]
        after = [letter for letter, role in now.items() if role == name]
        if before != after:
            changed[key] = "+".join(after) or NOWHERE
    return changed
