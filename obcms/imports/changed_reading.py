"""What somebody chose on the preview about how the list is to be read (SPEC 13)."""

from collections.abc import Mapping
from typing import Any

from obcms.imports.reading.doubts import FIELDS, NOWHERE, parse_answers

COLUMN = "column-"  # and its letter: the field that this column holds
ANSWER = "answer-"  # and its key
IGNORED = "ignored"


def changed_answers(
    answers: Mapping[str, str], parsed: Mapping[str, Any], form: Mapping[str, str]
) -> dict[str, str]:
    """The answers so far, with those of the form: to questions, and where a column was changed.

    Raises Invalid for what is no answer.
    """
    chosen = {
        name.removeprefix(ANSWER): value
        for name, value in form.items()
        if name.startswith(ANSWER) and value
    }
    return {**answers, **_columns(parsed, form), **_checked(chosen)}


def _columns(parsed: Mapping[str, Any], form: Mapping[str, str]) -> dict[str, str]:
    """Only what differs from how the first list was read."""
    was = {one["column"]: one["role"] for one in parsed["lists"][0]["columns"]}
    now = {letter: form.get(f"{COLUMN}{letter}", role) for letter, role in was.items()}
    if now == was:
        return {}
    keys = {"amount": "amount", **{name: key for key, name in FIELDS.items()}}
    changed = {}
    for name, key in keys.items():
        before = [letter for letter, role in was.items() if role == name]
        after = [letter for letter, role in now.items() if role == name]
        if before != after:
            changed[key] = "+".join(after) or NOWHERE
    return _checked(changed)


def _checked(answers: Mapping[str, str]) -> dict[str, str]:
    return parse_answers(f"{key}={value}" for key, value in answers.items())
