"""OFDs made by hand (GB/T 33190-2016): honest ones, and such as no program writes."""

import io
from collections.abc import Sequence

from PIL import Image

from archive.demo.drawing.electronic import HEAD, NS, Line, content, packed, parts

__all__ = ["INVOICE", "Line", "content", "packed", "parts"]

INVOICE = (
    Line("电子发票（普通发票）", left=60, top=12, size=8),
    Line("发票号码：26412000000123456789", left=130, top=26),
    Line("开票日期：2026年09月08日", left=130, top=34),
    Line("购买方名称：青石县供电公司青石供电所", top=50),
    Line("项目名称：复印纸", top=62),
    Line("价税合计（大写）：壹佰贰拾叁元整", top=80),
)


def ofd(*pages: Sequence[Line]) -> bytes:
    """An honest OFD of these pages; an invoice if none is given."""
    return packed(parts(*(pages or (INVOICE,))))


def spoiled(**changed: bytes | str | None) -> bytes:
    """An honest OFD with some parts exchanged, added or (None) left out; ``__`` stands for /."""
    found: dict[str, bytes | str] = parts(INVOICE)
    for key, value in changed.items():
        name = key.replace("__", "/").replace("_xml", ".xml")
        if value is None:
            del found[name]
        else:
            found[name] = value
    return packed(found)


def many_pages(count: int) -> bytes:
    """One page, named so many times."""
    listed = '<ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/>' * count
    document = str(parts(INVOICE)["Doc_0/Document.xml"])
    begin, end = document.index("<ofd:Pages>"), document.index("</ofd:Pages>")
    return spoiled(Doc_0__Document_xml=f"{document[:begin]}<ofd:Pages>{listed}{document[end:]}")


def with_flags(data: bytes, flags: int) -> bytes:
    """The same with these bits set in both headers of every part, as an encrypted ZIP has them."""
    found = bytearray(data)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = -1
        while (place := data.find(mark, place + 1)) >= 0:
            found[place + at] |= flags
    return bytes(found)


def laughing() -> str:
    """A page whose entities multiply."""
    entities = '<!ENTITY a "哈哈哈哈哈哈哈哈哈哈">' + "".join(
        f'<!ENTITY {name} "{("&" + before + ";") * 10}">'
        for before, name in zip("abcdefg", "bcdefgh", strict=True)
    )
    return content([], head=f"<!DOCTYPE lol [{entities}]>", more="<x>&h;</x>")


def of_pictures() -> bytes:
    """A page that is one picture, as a scanner writes it, and a template with words."""
    drawn = io.BytesIO()
    Image.new("RGB", (420, 280), (200, 30, 30)).save(drawn, "PNG")
    found = parts([])
    found["Doc_0/PublicRes.xml"] = (
        f'{HEAD}<ofd:Res {NS} BaseLoc="Res"><ofd:MultiMedias><ofd:MultiMedia ID="7" Type="Image">'
        "<ofd:MediaFile>page.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias></ofd:Res>"
    )
    found["Doc_0/Res/page.png"] = drawn.getvalue()
    found["Doc_0/Tpls/Tpl_0/Content.xml"] = content([Line("存根联", left=150, top=100)])
    found["Doc_0/Document.xml"] = str(found["Doc_0/Document.xml"]).replace(
        "</ofd:CommonData>",
        '<ofd:TemplatePage ID="5" BaseLoc="Tpls/Tpl_0/Content.xml"/></ofd:CommonData>',
    )
    found["Doc_0/Pages/Page_0/Content.xml"] = content(
        [], more='<ofd:Template TemplateID="5" ZOrder="Background"/>'
    ).replace(
        "</ofd:Layer>",
        '<ofd:ImageObject ID="9" Boundary="10 10 100 70" CTM="100 0 0 70 0 0" ResourceID="7"/>'
        '<ofd:PathObject ID="8" Boundary="0 120 210 1" LineWidth="0.3">'
        "<ofd:AbbreviatedData>M 10 0 L 200 0</ofd:AbbreviatedData></ofd:PathObject></ofd:Layer>",
    )
    return packed(found)
