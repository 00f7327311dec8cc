"""Reading 数电票 that come as data: an XML of the tax office, alone or in a ZIP of its own.

The XML is the original [会计档案管理办法 art. 8]; there is no look to it, so a page is drawn from
what it says (:mod:`archive.ingest.einvoice_picture`). Meant to run inside a sandbox.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element

from archive.ingest import package
from archive.ingest.limits import ScanLimits
from archive.ingest.magic import Kind
from archive.ingest.ofd import Ofd
from archive.ingest.refusals import (
    BadScan,
    Damaged,
    InvoiceIncomplete,
    InvoiceZipOdd,
    NotAScan,
    XmlTooTangled,
)
from archive.ingest.safe_xml import XmlRefused, XmlTangled, tree_of

ROOT = "EInvoice"
MOST_BYTES = 16_000_000
MOST_ITEMS = 2_000

_FIGURES = re.compile(r"[0-9]")
_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})")


@dataclass(frozen=True, slots=True)
class Party:
    """购买方 or 销售方: its name and its 统一社会信用代码."""

    name: str
    number: str


@dataclass(frozen=True, slots=True)
class Item:
    """One line of what was sold, as it is said."""

    name: str
    model: str
    unit: str
    quantity: str
    price: str
    amount: str
    rate: str
    tax: str


@dataclass(frozen=True, slots=True)
class EInvoice:
    """What one 数电票 says; amounts and days as they stand there.

    Attributes:
        day: ``2026-09-08``, or what stands in its place.
        signatures: elements that carry an electronic signature; none is verified.
    """

    kind: str
    number: str
    day: str
    buyer: Party
    seller: Party
    net: str
    tax: str
    total: str
    total_in_words: str
    items: tuple[Item, ...]
    remark: str
    drawer: str
    signatures: int


def read(path: Path, kind: Kind, limits: ScanLimits) -> EInvoice:
    """The invoice in the file at ``path``.

    Raises:
        BadScan: it is no 数电票, or none that can be taken.
    """
    content = _unpacked(path, limits) if kind is Kind.ZIP else _plain(path)
    try:
        return _invoice(tree_of(content))
    except XmlTangled as error:
        raise XmlTooTangled from error
    except (XmlRefused, ValueError) as error:
        raise Damaged from error


def code_of(invoice: EInvoice) -> str:
    """Number, amount and day as the QR code of a 数电票 says them."""
    return _coded(invoice.number, invoice.total, invoice.day)


def code_within(document: Ofd) -> str:
    """The same of an OFD that carries its data: attached as XML, or said beside its pages."""
    for name in document.parts.names():
        if name.endswith(".xml") and "attach" in name:
            try:
                return code_of(_invoice(tree_of(document.parts.read(name))))
            except (BadScan, ValueError):
                continue
    said = document.said
    return _coded(said.get("发票号码", ""), said.get("价税合计", ""), said.get("开票日期", ""))


def _coded(number: str, total: str, day: str) -> str:
    """Empty where there is no number; an amount or a day that is none is left out."""
    if not re.fullmatch(r"[0-9]{8,20}", number):
        return ""
    amount = total if re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,2})?", total) else ""
    figures = "".join(_FIGURES.findall(day))[:8]
    return f"01,32,,{number},{amount},{figures if len(figures) == 8 else ''},,"


def _plain(path: Path) -> bytes:
    if path.stat().st_size > MOST_BYTES:
        raise XmlTooTangled
    return path.read_bytes()


def _unpacked(path: Path, limits: ScanLimits) -> bytes:
    """The one XML of a ZIP that holds nothing else, so that no page of it goes unseen."""
    try:
        with package.unpacked(path, limits) as parts:
            names = parts.names()
            if len(names) != 1 or not names[0].endswith(".xml"):
                raise InvoiceZipOdd
            return parts.read(names[0])
    except BadScan as error:
        raise InvoiceZipOdd from error


def _invoice(root: Element) -> EInvoice:
    if root.tag != ROOT:
        raise NotAScan(looks_like="XML")
    number = _said(root, "TaxSupervisionInfo/InvoiceNumber")
    basic = "EInvoiceData/BasicInformation"
    items = root.findall("EInvoiceData/IssuItemInformation")
    if not number or not items:
        raise InvoiceIncomplete
    if len(items) > MOST_ITEMS:
        raise XmlTooTangled
    return EInvoice(
        kind=_said(root, "Header/InherentLabel/EInvoiceType/LabelName")
        or _said(root, "Header/InherentLabel/GeneralOrSpecialVAT/LabelName"),
        number=number[:40],
        day=_day(
            _said(root, f"{basic}/RequestTime") or _said(root, "TaxSupervisionInfo/IssueTime")
        ),
        buyer=_party(root, "Buyer"),
        seller=_party(root, "Seller"),
        net=_said(root, f"{basic}/TotalAmWithoutTax"),
        tax=_said(root, f"{basic}/TotalTaxAm"),
        total=_said(root, f"{basic}/TotalTax-includedAmount"),
        total_in_words=_said(root, f"{basic}/TotalTax-includedAmountInChinese"),
        items=tuple(_item(each) for each in items),
        remark=_said(root, "EInvoiceData/AdditionalInformation/Remark"),
        drawer=_said(root, f"{basic}/Drawer"),
        signatures=_signatures(root),
    )


def _party(root: Element, side: str) -> Party:
    own = f"EInvoiceData/{side}Information/{side}"
    return Party(_said(root, f"{own}Name"), _said(root, f"{own}IdNum"))


def _item(each: Element) -> Item:
    return Item(
        name=_said(each, "ItemName"),
        model=_said(each, "SpecMod"),
        unit=_said(each, "MeaUnits"),
        quantity=_said(each, "Quantity"),
        price=_said(each, "UnPrice"),
        amount=_said(each, "Amount"),
        rate=_said(each, "TaxRate"),
        tax=_said(each, "ComTaxAm"),
    )


def _said(element: Element, path: str) -> str:
    """What stands at a path, on one line."""
    found = element.find(path)
    return " ".join((found.text or "").split())[:500] if found is not None else ""


def _day(said: str) -> str:
    match = _DAY.match(said)
    return "-".join(match.groups()) if match else said


def _signatures(element: Element) -> int:
    """How many elements carry a signature; what is inside one is not counted again."""
    if "signature" in element.tag.casefold():
        return 1 if any(text.strip() for text in element.itertext()) else 0
    return sum(_signatures(each) for each in element)
