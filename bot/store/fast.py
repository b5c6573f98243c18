"""Many rows at once, straight to the driver: compiled once, for the statements run at each turn.

SQLAlchemy's own executemany takes several times as long over each row as the driver does.
"""

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Column, Connection, Insert, Update

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
    pick = itemgetter(*order) if len(order) > 1 else lambda row: (row[order[0]],)
    return (lambda row: pick({**fixed, **row})) if fixed else pick
