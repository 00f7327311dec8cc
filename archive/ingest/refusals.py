"""The ways in which what came in cannot be taken as a scan; each has its sentence."""

from archive.errors import Conflict, Invalid


class BadScan(Invalid):
    """What came in cannot be taken as a scan.

    ``name``, the name of the file, is a fact for the sentence; it may hold a person's name, so it
    stays out of the log.
    """

    def __str__(self) -> str:
        told = ", ".join(
            f"{fact}={value!r}" for fact, value in self.facts.items() if fact != "name"
        )
        return f"{type(self).__name__}({told})"


class EmptyFile(BadScan):
    """There is not one byte in it."""


class ScanTooLarge(BadScan):
    """More bytes than ``limit``; what had come was thrown away."""


class NotAScan(BadScan):
    """It is a file of another kind, ``looks_like``, whatever its name says."""


class UnknownFile(BadScan):
    """Its first bytes are those of no kind of file we know."""


class Truncated(BadScan):
    """The end of it is missing."""


class Damaged(BadScan):
    """It cannot be understood as the kind of file it begins as."""


class DamagedPage(BadScan):
    """Page ``page`` of it cannot be opened."""


class NoPages(BadScan):
    """There is no page in it."""


class TooManyPages(BadScan):
    """More pages than ``limit``."""


class ImageBomb(BadScan):
    """An image on page ``page`` would unpack to ``width`` × ``height`` pixels."""


class PageTooBig(BadScan):
    """Page ``page`` says it is ``width_m`` × ``height_m`` metres."""


class ContentBomb(BadScan):
    """What draws page ``page`` would unpack to more than a page can need."""


class EncryptedPdf(BadScan):
    """It is protected by a password or against copying; it could not be kept readable."""


class PdfWithJavaScript(BadScan):
    """It carries a program."""


class PdfWithEmbeddedFiles(BadScan):
    """It carries other files."""


class PdfWithActions(BadScan):
    """It wants to run, send or open something: ``action``."""


class PdfTooTangled(BadScan):
    """It is built so that it cannot be looked through: parts without end or without number."""


class EncryptedOfd(BadScan):
    """It is protected by a password or a certificate; it could not be kept readable."""


class OfdBomb(BadScan):
    """It would unpack to more than any document needs."""


class OfdTooTangled(BadScan):
    """It is built so that it cannot be looked through: parts without number, or declarations."""


class XmlTooTangled(BadScan):
    """It is built so that it cannot be looked through: parts without number, or declarations."""


class InvoiceIncomplete(BadScan):
    """It is built like a 数电票, but has no number or nothing that was sold."""


class InvoiceZipOdd(BadScan):
    """A ZIP is taken only if it holds one 数电票 as XML, and nothing else."""


class CannotBeChecked(BadScan):
    """The process that looked into it did not survive it."""


class CameBefore(Conflict):
    """The very same delivery is kept already; there is nothing to do."""
