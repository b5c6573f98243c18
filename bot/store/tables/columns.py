"""What the columns of several tables share, and where all tables are gathered."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, MetaData, false, text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Big = BigInteger().with_variant(Integer(), "sqlite")  # SQLite numbers rows only by INTEGER


EMPTY, ZERO, FALSE = (
    text("''"),
    text("0"),
    false(),
)  # what rows get that an older running version writes


def row_id() -> Column[int]:
    """Return a row's number."""
    return Column("id", Big, primary_key=True)


def participant_id(*, index: bool = False) -> Column[int]:
    """Return the column that names whose row it is."""
    owner = ForeignKey("participants.id")
    return Column("participant_id", Big, owner, nullable=False, index=index)
