"""A reading that was interrupted goes on with what the reader had learned."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("scan", sa.Column("learned", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("scan", "learned")
