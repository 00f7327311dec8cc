"""数电票 as data, and in a ZIP."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from archive.demo.drawing.electronic import einvoice as invoice

__all__ = ["BUYER", "NUMBER", "SELLER", "invoice", "xml", "zipped"]

NUMBER = "26412000000123456789"
BUYER, SELLER = "青石县供电公司青石供电所", "青石县文具有限公司"


def xml(**said: object) -> bytes:
    return invoice(**said).encode()  # type: ignore[arg-type]


def zipped(*parts: tuple[str, bytes]) -> bytes:
    data = BytesIO()
    with ZipFile(data, "w", ZIP_DEFLATED) as packed:
        for name, content in parts or (("dzfp_26412.xml", xml()),):
            packed.writestr(name, content)
    return data.getvalue()
