"""数电票 as data: the XML of the tax office, made by hand, honest and otherwise."""

from html import escape
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

NUMBER = "26412000000123456789"
BUYER, SELLER = "青石县供电公司青石供电所", "青石县文具有限公司"
ITEM = (
    "<IssuItemInformation><ItemName>*纸制品*复印纸</ItemName><SpecMod>A4</SpecMod>"
    "<MeaUnits>箱</MeaUnits><Quantity>2</Quantity><UnPrice>58.03</UnPrice><Amount>116.04</Amount>"
    "<TaxRate>0.06</TaxRate><ComTaxAm>6.96</ComTaxAm></IssuItemInformation>"
)


def invoice(*, items: int = 1, number: str = NUMBER, head: str = "", signed: str = "MIIB…") -> str:
    """One 数电票; ``head`` comes before its root."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{head}<EInvoice><Header><EIid>{number}</EIid>'
        "<InherentLabel><EInvoiceType><LabelCode>02</LabelCode><LabelName>普通发票</LabelName>"
        "</EInvoiceType></InherentLabel></Header><EInvoiceData><SellerInformation>"
        f"<SellerIdNum>91410000MA0000000X</SellerIdNum><SellerName>{escape(SELLER)}</SellerName>"
        "</SellerInformation><BuyerInformation><BuyerIdNum>91410000MA1111111Y</BuyerIdNum>"
        f"<BuyerName>{BUYER}</BuyerName></BuyerInformation><BasicInformation>"
        "<TotalAmWithoutTax>116.04</TotalAmWithoutTax><TotalTaxAm>6.96</TotalTaxAm>"
        "<TotalTax-includedAmount>123.00</TotalTax-includedAmount>"
        "<TotalTax-includedAmountInChinese>壹佰贰拾叁圆整</TotalTax-includedAmountInChinese>"
        "<Drawer>开票员</Drawer><RequestTime>2026-09-08 10:11:12</RequestTime></BasicInformation>"
        f"{ITEM * items}<AdditionalInformation><Remark>办公用品</Remark></AdditionalInformation>"
        f"</EInvoiceData><TaxSupervisionInfo><InvoiceNumber>{number}</InvoiceNumber>"
        "<IssueTime>2026-09-08</IssueTime></TaxSupervisionInfo>"
        f"<TaxBureauSignature>{signed}</TaxBureauSignature></EInvoice>"
    )


def xml(**said: object) -> bytes:
    return invoice(**said).encode()  # type: ignore[arg-type]


def zipped(*parts: tuple[str, bytes]) -> bytes:
    data = BytesIO()
    with ZipFile(data, "w", ZIP_DEFLATED) as packed:
        for name, content in parts or (("dzfp_26412.xml", xml()),):
            packed.writestr(name, content)
    return data.getvalue()
