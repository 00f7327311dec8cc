"""What is told of the seals and signatures in a file: that nobody checked them."""

from archive.filing.delivery import DeliveredFile
from web.deps import Visit


def signed_told(visit: Visit, file: DeliveredFile) -> str:
    """How often a file is signed, and that it is not verified; nothing for a plain scan."""
    if not (file.is_electronic or file.signatures):
        return ""
    if file.seals is None or file.signatures is None:
        return visit.t("signed.unknown")
    if not (file.seals or file.signatures):
        return visit.t("signed.none")
    return visit.t("signed.not_verified", seals=file.seals, signatures=file.signatures)
