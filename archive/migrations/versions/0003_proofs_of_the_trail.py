"""Proofs of the trail are kept; a scan file may be larger than two gigabytes."""

import sqlalchemy as sa
from alembic import op

from archive.db import Instant, RowId

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "trail_proof",
        sa.Column("id", RowId, nullable=False),
        sa.Column("asked_by", sa.String(length=40), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.Column("entries", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.Column("broken_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trail_proof")),
    )
    with op.batch_alter_table("scan_file") as scan_file:
        scan_file.alter_column("size", existing_type=sa.Integer(), type_=sa.BigInteger())


def downgrade() -> None:
    with op.batch_alter_table("scan_file") as scan_file:
        scan_file.alter_column("size", existing_type=sa.BigInteger(), type_=sa.Integer())
    op.drop_table("trail_proof")
