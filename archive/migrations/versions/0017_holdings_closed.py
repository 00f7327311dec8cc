"""The old code of a record is a field; files tell how they are signed; categories how codes are."""

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
    for name in ("item_template", "volume_template"):
        op.add_column(
            "plan_category",
            sa.Column(name, sa.String(length=120), nullable=False, server_default=""),
        )
    op.execute(
        "UPDATE record SET old_code = (SELECT min(i.old_code) FROM imported_row i"
        " WHERE i.record_id = record.id AND i.old_code <> '')"
        " WHERE EXISTS (SELECT 1 FROM imported_row i"
        " WHERE i.record_id = record.id AND i.old_code <> '')"
    )


def downgrade() -> None:
    """The import still has the old codes, and the remark of what it brought in before."""
    op.drop_column("plan_category", "volume_template")
    op.drop_column("plan_category", "item_template")
    op.drop_column("record", "old_code")
    op.drop_column("delivered_file", "signatures")
    op.drop_column("delivered_file", "seals")
