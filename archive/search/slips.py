"""Slips of a finger in codes and numbers."""


def one_slip(one: str, other: str) -> bool:
    """Whether one character is other, lacking or too many, or two neighbours changed places."""
    if len(one) == len(other):
        differ = [at for at, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
        if len(differ) == 2 and differ[1] == differ[0] + 1:
            first, second = differ
            return one[first] == other[second] and one[second] == other[first]
        return len(differ) == 1
    longer, shorter = sorted((one, other), key=len, reverse=True)
    if len(longer) - len(shorter) != 1:
        return False
    return any(longer[:at] + longer[at + 1 :] == shorter for at in range(len(longer)))
