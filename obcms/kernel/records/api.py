"""The API resource of a record that is declared as a whole: list, create, read, change."""

from typing import Any

from flask.typing import ResponseReturnValue
from marshmallow import fields
from sqlalchemy import Select, select

from obcms.kernel.api.access import caller
from obcms.kernel.api.blueprint import APIBlueprint
from obcms.kernel.api.etag import LOCKS, heed_if_match, tagged
from obcms.kernel.api.fields import TextField
from obcms.kernel.api.paging import page_of
from obcms.kernel.api.schemas import (
    ListAnswer,
    PageQuery,
    Partial,
    VersionedAnswer,
    ordering_by,
)
from obcms.kernel.db.search import folded, found_in, searched
from obcms.kernel.extensions import db
from obcms.kernel.records.record import Record
from obcms.kernel.records.schema import schema_of
from obcms.kernel.rules.folding import search_form


def record_blueprint(record: Record) -> APIBlueprint:
    """The routes at `/api/PLURAL/`."""
    name = record.noun.title().replace(" ", "")
    given = schema_of(f"{name}Given", record.fields)
    change = type(f"{name}Change", (Partial, given), {})
    answer = schema_of(f"{name}Answer", record.fields, VersionedAnswer)
    page = type(
        f"{name}Page",
        (ListAnswer,),
        {"results": fields.List(fields.Nested(answer), required=True)},
    )
    columns = {key: getattr(record.model, key) for key in dict.fromkeys(("id", *record.shown))}
    texts = {key: TextField() for key in record.search}
    looked_in = " or the ".join(record.search)
    search = TextField(metadata={"description": f"Each word is somewhere in the {looked_in}."})
    query = type(
        f"{name}Query",
        (PageQuery,),
        {**texts, "search": search, "ordering": ordering_by(tuple(columns))},
    )
    blueprint = APIBlueprint(f"api_{record.plural}", f"/api/{record.plural}", record.title)
    LOCKS[record.model] = lambda one: db.session.refresh(one, with_for_update=True)
    _add_list(blueprint, record, query, page, columns)
    _add_create(blueprint, record, given, answer)
    _add_one(blueprint, record, change, answer)
    return blueprint


def _named(name: str, said: str) -> Any:
    """Gives a view the name of its operation, and what the document says of it."""

    def name_it(view: Any) -> Any:
        view.__name__, view.__doc__ = name, said
        return view

    return name_it


def _add_list(
    blueprint: APIBlueprint, record: Record, query: Any, page: Any, columns: dict[str, Any]
) -> None:
    @blueprint.lists(record.view, query, page)
    @_named(f"list_{record.plural}", f"List {record.title.lower()}")
    def list_them(given: dict[str, Any]) -> dict[str, Any]:
        return page_of(_narrowed(record, given), given, columns)


def _narrowed(record: Record, given: dict[str, Any]) -> Select[Any]:
    query = select(record.model)
    for key in record.search:
        if key in given:
            column = folded(getattr(record.model, key))
            query = query.where(column == search_form(given[key]))
    if "search" in given:
        columns = searched(record.model, record.search)
        query = query.where(found_in(given["search"], *columns))
    return query


def _add_create(blueprint: APIBlueprint, record: Record, given: Any, answer: Any) -> None:
    @blueprint.adds(record.change, given, answer, dict(record.example or {}))
    @_named(f"create_{record.name}", f"Add one of the {record.title.lower()}")
    def create(values: dict[str, Any]) -> ResponseReturnValue:
        one = record.create(caller(), values)
        where = f"api_{record.plural}.read_{record.name}"
        answered = tagged(answer(), one, created=where, record_id=one.id)
        db.session.commit()
        return answered


def _add_one(blueprint: APIBlueprint, record: Record, change: Any, answer: Any) -> None:
    where, last = "/<int:record_id>/", record.shown[-1]
    example = {last: f"{(record.example or {}).get(last)}, renamed"}

    @blueprint.reads(where, record.view, answer)
    @_named(f"read_{record.name}", f"Read one of the {record.title.lower()}")
    def read(record_id: int) -> ResponseReturnValue:
        one = record.find(caller(), record_id)
        heed_if_match(one)
        return tagged(answer(), one)

    @blueprint.changes(where, record.change, change, answer, example)
    @_named(f"change_{record.name}", f"Change one of the {record.title.lower()}")
    def change_it(values: dict[str, Any], record_id: int) -> ResponseReturnValue:
        one = record.find(caller(), record_id)
        heed_if_match(one)
        record.edit(caller(), one, values)
        answered = tagged(answer(), one)
        db.session.commit()
        return answered
