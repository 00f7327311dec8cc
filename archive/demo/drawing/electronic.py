"""Electronic documents as other programs hand them over: OFD (GB/T 33190-2016) of words alone,
and 数电票 as XML.

For the demo, and for tests that then spoil them.
"""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'


@dataclass(frozen=True, slots=True)
class Line:
    """One run of text: where its box begins and how high its letters are, in millimetres."""

    text: str
    left: float = 25
    top: float = 40
    size: float = 4
    ctm: str = ""
    delta: str = ""

    def xml(self, number: int) -> str:
        wide = (self.size * (0.55 if character < "⺀" else 1) for character in self.text)
        delta = self.delta or " ".join(f"{one:g}" for one in wide)
        ctm = f' CTM="{self.ctm}"' if self.ctm else ""
        return (
            f'<ofd:TextObject ID="{number}" Boundary="{self.left} {self.top} 160 {self.size * 1.4}"'
            f' Font="1" Size="{self.size}"{ctm}>'
            f'<ofd:TextCode X="0" Y="{self.size}" DeltaX="{delta}">{escape(self.text)}</ofd:TextCode>'
            "</ofd:TextObject>"
        )


def content(lines: Sequence[Line], *, more: str = "", head: str = "") -> str:
    items = "".join(line.xml(100 + n) for n, line in enumerate(lines))
    return (
        f"{HEAD}{head}<ofd:Page {NS}><ofd:Area><ofd:PhysicalBox>0 0 210 140</ofd:PhysicalBox>"
        f'</ofd:Area>{more}<ofd:Content><ofd:Layer ID="2">{items}</ofd:Layer></ofd:Content></ofd:Page>'
    )


def parts(*pages: Sequence[Line]) -> dict[str, bytes | str]:
    """The parts of an honest OFD, to be spoiled or packed."""
    listed = "".join(
        f'<ofd:Page ID="{n}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(len(pages))
    )
    found: dict[str, bytes | str] = {
        "OFD.xml": (
            f'{HEAD}<ofd:OFD {NS} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo>'
            "<ofd:DocID>0123456789abcdef0123456789abcdef</ofd:DocID></ofd:DocInfo>"
            "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
        ),
        "Doc_0/Document.xml": (
            f"{HEAD}<ofd:Document {NS}><ofd:CommonData><ofd:MaxUnitID>999</ofd:MaxUnitID>"
            "<ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>"
            "<ofd:PublicRes>PublicRes.xml</ofd:PublicRes></ofd:CommonData>"
            f"<ofd:Pages>{listed}</ofd:Pages></ofd:Document>"
        ),
        "Doc_0/PublicRes.xml": (
            f'{HEAD}<ofd:Res {NS} BaseLoc="Res"><ofd:Fonts><ofd:Font ID="1" FontName="宋体"/>'
            "</ofd:Fonts></ofd:Res>"
        ),
    }
    for n, lines in enumerate(pages):
        found[f"Doc_0/Pages/Page_{n}/Content.xml"] = content(lines)
    return found


_ITEM = (
    "<IssuItemInformation><ItemName>*纸制品*复印纸</ItemName><SpecMod>A4</SpecMod>"
    "<MeaUnits>箱</MeaUnits><Quantity>2</Quantity><UnPrice>58.02</UnPrice><Amount>116.04</Amount>"
    "<TaxRate>0.06</TaxRate><ComTaxAm>6.96</ComTaxAm></IssuItemInformation>"
)


def einvoice(
    *,
    number: str = "26412000000123456789",
    items: int = 1,
    head: str = "",
    signed: str = "MIIB",
) -> str:
    """One 数电票 as the tax office hands it over; ``head`` comes before its root."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<EInvoice><Header><EIid>{number}</EIid>'
        "<InherentLabel><EInvoiceType><LabelCode>02</LabelCode><LabelName>普通发票</LabelName>"
        "</EInvoiceType></InherentLabel></Header><EInvoiceData><SellerInformation>"
        "<SellerIdNum>91410000MA0000000X</SellerIdNum><SellerName>青石县文具有限公司</SellerName>"
        "</SellerInformation><BuyerInformation><BuyerIdNum>91410000MA1111111Y</BuyerIdNum>"
        "<BuyerName>青石县供电公司青石供电所</BuyerName></BuyerInformation><BasicInformation>"
        "<TotalAmWithoutTax>116.04</TotalAmWithoutTax><TotalTaxAm>6.96</TotalTaxAm>"
        "<TotalTax-includedAmount>123.00</TotalTax-includedAmount>"
        "<TotalTax-includedAmountInChinese>壹佰贰拾叁圆整</TotalTax-includedAmountInChinese>"
        "<Drawer>开票员</Drawer><RequestTime>2026-09-08 10:11:12</RequestTime></BasicInformation>"
        f"{_ITEM * items}<AdditionalInformation><Remark>办公用品</Remark></AdditionalInformation>"
        f"</EInvoiceData><TaxSupervisionInfo><InvoiceNumber>{number}</InvoiceNumber>"
        "<IssueTime>2026-09-08</IssueTime></TaxSupervisionInfo>"
        f"<TaxBureauSignature>{signed}</TaxBureauSignature></EInvoice>"
    )


_MADE = (2026, 10, 14, 9, 0, 0)  # the same parts make the same bytes


def packed(found: Mapping[str, bytes | str], *, stored: bool = False) -> bytes:
    data = io.BytesIO()
    how = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(data, "w") as package:
        for name, part in found.items():
            package.writestr(zipfile.ZipInfo(name, _MADE), part, how)
    return data.getvalue()
