"""What each door of a record refuses: the same bad input is refused the same, at the same field."""

import html
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pytest
from click.testing import Result
from werkzeug.test import TestResponse

from obcms.kernel.errors import Invalid
from obcms.kernel.extensions import db

Values = Mapping[str, Any]
Said = list[tuple[str, str]]  # message and field of each problem


def refused_by(verb: Callable[[], object]) -> Said:
    """What the verb says of the input that it is called with."""
    db.session.rollback()
    with pytest.raises(Invalid) as refused:
        verb()
    db.session.rollback()
    return [(problem.message, problem.pointer) for problem in refused.value.problems]


def refused_by_api(answer: TestResponse) -> Said:
    """What the API, or a dialog, says in its answer."""
    assert answer.status_code == 422, answer.json
    return [(one["message"], one["pointer"].removeprefix("/")) for one in answer.json["problems"]]


def refused_everywhere(
    bad: Iterable[Values],
    verb: Callable[[Values], object],
    api: Callable[[Values], TestResponse] | None = None,
    form: Callable[[Values], TestResponse] | None = None,
    command: Callable[[Values], Result] | None = None,
) -> list[Said]:
    """Hands each bad input to each door. What the verb says of each, as all of them say it.

    A command and a form that answers with a page tell the messages alone.
    """
    told = []
    for values in bad:
        said = refused_by(lambda values=values: verb(values))
        assert said, values
        if api is not None:
            assert refused_by_api(api(values)) == said, values
        # PostgreSQL stores no NUL, and no form or argument gets so far with one.
        if form is not None and not any("\0" in str(value) for value in values.values()):
            page = form(values)
            assert page.status_code in (200, 422), values
            if page.is_json:
                assert refused_by_api(page) == said, values
            else:
                text = html.unescape(page.text)
                assert all(message in text for message, _ in said), (values, said)
        if command is not None and not any("\0" in str(value) for value in values.values()):
            result = command(values)
            assert result.exit_code == 1, values
            assert all(message in result.output for message, _ in said), (values, result.output)
        told.append(said)
    db.session.rollback()
    return told


def by_column(fields: Iterable[Any], values: Values) -> dict[str, Any]:
    """The values as a shell hands them to the verb, which knows fields by their columns."""
    columns = {field.public: field.name for field in fields}
    return {columns.get(name, name): value for name, value in values.items()}
