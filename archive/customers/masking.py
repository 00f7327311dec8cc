"""Facts about people as they are shown until somebody opens them with a purpose.

There is no binding standard. The house follows ``domain.md`` §5: name by its surname, telephone
3+4, address down to the village, customer number by its last four. A masked fact still speaks of
a person; masking only keeps it from those who need no more.
"""

STARS = "*"

TWO_CHARACTER_SURNAMES = frozenset(
    [
        "欧阳",
        "太史",
        "端木",
        "上官",
        "司马",
        "东方",
        "独孤",
        "南宫",
        "万俟",
        "闻人",
        "夏侯",
        "诸葛",
        "尉迟",
        "公羊",
        "赫连",
        "澹台",
        "皇甫",
        "宗政",
        "濮阳",
        "公冶",
        "太叔",
        "申屠",
        "公孙",
        "慕容",
        "仲孙",
        "钟离",
        "长孙",
        "宇文",
        "司徒",
        "鲜于",
        "司空",
        "令狐",
        "轩辕",
        "呼延",
        "百里",
        "东郭",
        "南门",
        "西门",
    ]
)


def masked_name(name: str) -> str:
    """``王*``; a surname of two characters is kept whole where more follows it."""
    name = name.strip()
    if len(name) > 2 and name[:2] in TWO_CHARACTER_SURNAMES:
        return name[:2] + STARS
    return name[:1] + STARS if name else ""


def masked_telephone(telephone: str) -> str:
    """``138****5678``; of a short one nothing but its last two digits."""
    digits = telephone.strip()
    if not digits:
        return ""
    if len(digits) < 11:
        return STARS * 4 + digits[-2:] if len(digits) > 4 else STARS * 4
    return digits[:3] + STARS * (len(digits) - 7) + digits[-4:]


def masked_number(number: str) -> str:
    """A customer number outside the program: ``****5678``."""
    return STARS * 4 + number[-4:] if len(number) > 4 else STARS * 4
