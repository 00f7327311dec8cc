"""Verbs about how codes are written, as part of the next version of the file plan."""

from sqlalchemy import select

from archive.access import Permission
from archive.holdings.actions.plans import own_draft
from archive.holdings.code_style import CodeStyle, check_unlike, style_of, template_for
from archive.holdings.file_plan import Arrangement, Category, FilePlan
from archive.transaction import Transaction


def set_code_style(tx: Transaction, category_id: int, *, item: str, volume: str) -> Category:
    """How new series of a category write their codes once the draft is in force.

    Codes that were given, and series that were begun, stay as they are.

    Raises:
        PlanSealed, NotYourDraft, CodeStyleImpossible, CodeStylesAlike: nothing is changed.
    """
    tx.require(Permission.FILE_PLAN_ADOPT)
    category = tx.get(Category, category_id)
    plan = own_draft(tx, category.plan_id)
    by_item, by_volume = style_of(item, field="item"), style_of(volume, field="volume")
    earlier = _earlier(tx, plan, category)
    check_unlike(by_item, [by_volume, *earlier[Arrangement.VOLUME]], field="item")
    check_unlike(by_volume, earlier[Arrangement.ITEM], field="volume")
    before = (category.item_template, category.volume_template)
    category.item_template, category.volume_template = item, volume
    tx.session.flush()
    if before != (item, volume):
        tx.record(
            "file-plan.code-style-set",
            plan.subject,
            category=category.code,
            item=item,
            volume=volume,
        )
    return category


def _earlier(
    tx: Transaction, plan: FilePlan, category: Category
) -> dict[Arrangement, list[CodeStyle]]:
    """How codes of the category were written in the versions before, by arrangement."""
    versions = tx.session.scalars(
        select(Category)
        .join(FilePlan, FilePlan.id == Category.plan_id)
        .where(
            FilePlan.fonds_id == plan.fonds_id,
            FilePlan.id != plan.id,
            Category.code == category.code,
        )
    ).all()
    return {
        arrangement: [style_of(template_for(one, arrangement)) for one in versions]
        for arrangement in (Arrangement.ITEM, Arrangement.VOLUME)
    }
