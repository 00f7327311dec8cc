"""The old code of a record is a field of its own; files tell how they are signed."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """New columns; the old codes of what was imported come from where the import kept them."""
    op.add_column("delivered_file", sa.Column("seals", sa.Integer(), nullable=True))
    op.add_column("delivered_file", sa.Column("signatures", sa.Integer(), nullable=True))
    op.add_column(
        "record", sa.Column("old_code", sa.String(length=80), nullable=False, server_default="")
    )
    op.execute(
        "UPDATE record SET old_code = (SELECT min(i.old_code) FROM imported_row i"
        " WHERE i.record_id = record.id AND i.old_code <> '')"
        " WHERE EXISTS (SELECT 1 FROM imported_row i"
        " WHERE i.record_id = record.id AND i.old_code <> '')"
    )


def downgrade() -> None:
    """The import still has the old codes, and the remark of what it brought in before."""
    op.drop_column("record", "old_code")
    op.drop_column("delivered_file", "signatures")
    op.drop_column("delivered_file", "seals")
