"""Many rows at once, straight to the driver: compiled once, for the statements run at each turn.

SQLAlchemy's own executemany takes several times as long over each row as the driver does, and it
spells out the list of an IN anew each time.
"""

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Insert, Select, Update

Row = Mapping[str, Any]
Statement = Insert | Update


class _Ready(NamedTuple):
    sql: str
    arrange: Callable[[Row], Any]  # a row as the driver wants it
    statement: Statement  # kept, so that its id stays its own


_ready: dict[tuple[int, str, tuple[str, ...]], _Ready] = {}


def many(connection: Connection, statement: Statement, rows: Sequence[Row]) -> int:
    """Run a statement once for each row; return how many rows were touched.

    The statement must be one that is kept (a module's), all rows have the same keys, and values
    are what the driver takes: no type of SQLAlchemy converts them. No rows: nothing is done.
    """
    if not rows:
        return 0
    key = (id(statement), connection.dialect.name, tuple(rows[0]))
    ready = _ready.get(key)
    if ready is None:
        ready = _ready[key] = _compile(connection, statement, tuple(rows[0]))
    return connection.exec_driver_sql(ready.sql, list(map(ready.arrange, rows))).rowcount


def _compile(connection: Connection, statement: Statement, given: tuple[str, ...]) -> _Ready:
    keys = given if isinstance(statement, Insert) else None
    compiled: Any = statement.compile(
        dialect=connection.dialect, column_keys=keys, for_executemany=True
    )
    fixed = {name: value for name, value in compiled.params.items() if name not in given}
    fixed |= {column.key: _default(column) for column in compiled.insert_prefetch}
    return _Ready(str(compiled), _arranger(compiled.positiontup, fixed), statement)


def _default(column: Column[Any]) -> Any:
    """Return a column's plain default; one that is computed cannot be used here."""
    default: Any = column.default
    if not default.is_scalar:
        raise TypeError(f"{column} has a default that is computed: give it in each row")
    return default.arg


def _arranger(order: Sequence[str] | None, fixed: Row) -> Callable[[Row], Any]:
    """Return what makes a driver's row: in order, or by name where `order` is None."""
    if order is None:
        return (lambda row: {**fixed, **row}) if fixed else dict
    if not order:
        return lambda _row: ()
    pick = itemgetter(*order) if len(order) > 1 else lambda row: (row[order[0]],)
    return (lambda row: pick({**fixed, **row})) if fixed else pick


# --- reading -------------------------------------------------------------------------------


class _Question(NamedTuple):
    sql: str
    arrange: Callable[[Row], Any]
    places: Mapping[str, Sequence[str]]  # of each list: the names under which its values stand
    query: Select[Any]  # kept, so that its id stays its own


_questions: dict[tuple[int, str, tuple[int, ...]], _Question] = {}


def found(connection: Connection, query: Select[Any], given: Row) -> Sequence[Any]:
    """Return the rows of a query; the lists in `given` fill its expanding parameters.

    The query must be one that is kept (a module's), and each of its lists must hold: with an
    empty one nothing is found. Values come as the driver gives them. Lists are filled up with
    their last value to a power of two, so that there are few different texts of a query.
    """
    lists = {name: value for name, value in given.items() if isinstance(value, list)}
    if not all(lists.values()):
        return ()
    sizes = tuple(1 << (len(value) - 1).bit_length() for value in lists.values())
    key = (id(query), connection.dialect.name, sizes)
    ready = _questions.get(key)
    if ready is None:
        examples = {
            name: [value[0]] * size
            for (name, value), size in zip(lists.items(), sizes, strict=True)
        }
        ready = _questions[key] = _spell_out(connection, query, {**given, **examples})
    single = {**given}
    for name, value in lists.items():
        places = ready.places[name]
        del single[name]
        filled = value + value[-1:] * (len(places) - len(value))
        single.update(zip(places, filled, strict=True))
    return connection.exec_driver_sql(ready.sql, ready.arrange(single)).all()


def _spell_out(connection: Connection, query: Select[Any], examples: dict[str, Any]) -> _Question:
    compiled: Any = query.compile(dialect=connection.dialect)
    state = compiled.construct_expanded_state(examples)
    places = {name: state.parameter_expansion[name] for name, value in examples.items()
              if isinstance(value, list)}  # fmt: skip
    varies = {*examples, *(place for own in places.values() for place in own)}
    fixed = {name: value for name, value in state.parameters.items() if name not in varies}
    return _Question(state.statement, _arranger(state.positiontup, fixed), places, query)
