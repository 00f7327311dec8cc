"""Personal facts guarded: sealed columns, digests to look up, openings in bulk, requests for use."""

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
