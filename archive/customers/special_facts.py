"""What the register knows of a special customer, and how it is sealed and opened."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import date

from sqlalchemy import select

from archive.customers.customer import (
    NUMBER,
    TELEPHONE,
    CustomerNameMissing,
    NotACustomerNumber,
    NotATelephone,
    VillageMissing,
    number_in,
    telephone_in,
)
from archive.customers.sealing import Keeper, keeper_at
from archive.customers.special import SpecialCategory, SpecialCustomer
from archive.errors import Invalid
from archive.transaction import Transaction


class EvidenceMissing(Invalid):
    """Which paper was seen, with its number; no copy of it is kept."""


@dataclass(frozen=True, slots=True)
class SpecialFacts:
    """Everything about the person, never kept but sealed.

    ``evidence``, ``evidence_number`` and ``seen_on`` say what was seen; no copy is kept (PIPL
    art. 6: no more than necessary). ``guardian`` consents for who cannot.
    """

    category: SpecialCategory
    number: str
    name: str
    village: str
    evidence: str
    evidence_number: str
    seen_on: date
    house: str = ""
    telephone: str = ""
    guardian: str = ""
    need: str = ""

    def tidied(self) -> "SpecialFacts":
        """The same without blanks and full-width digits."""
        return replace(
            self,
            number=number_in(self.number),
            telephone=telephone_in(self.telephone),
            **{key: getattr(self, key).strip() for key in _WORDS},
        )

    def check_told(self) -> None:
        """Refuse what is not enough to serve anybody.

        Raises:
            NotACustomerNumber, CustomerNameMissing, VillageMissing, NotATelephone,
            EvidenceMissing: with the field.
        """
        if not NUMBER.fullmatch(self.number):
            raise NotACustomerNumber(field="number")
        if not self.name:
            raise CustomerNameMissing(field="name")
        if not self.village:
            raise VillageMissing(field="village")
        if self.telephone and not TELEPHONE.fullmatch(self.telephone):
            raise NotATelephone(field="telephone")
        if not self.evidence or not self.evidence_number:
            raise EvidenceMissing(field="evidence_number" if self.evidence else "evidence")

    @property
    def personal(self) -> tuple[str, ...]:
        """What a purpose may not repeat."""
        return (
            self.name,
            self.telephone,
            self.number,
            self.house,
            self.evidence_number,
            self.guardian,
        )


_WORDS = ("name", "village", "house", "evidence", "evidence_number", "guardian", "need")


def keeper(tx: Transaction) -> Keeper:
    """Who seals and opens in this installation; the key is made while nothing is sealed yet.

    Raises:
        SpecialKeyMissing: something is sealed, and the key is gone.
    """
    sealed = tx.session.scalar(select(SpecialCustomer.id).limit(1))
    return keeper_at(tx.settings.effective_special_key_file, make=sealed is None)


def written(facts: SpecialFacts) -> str:
    """The facts as one text, to be sealed."""
    told = asdict(facts) | {"seen_on": facts.seen_on.isoformat()}
    return json.dumps(told, ensure_ascii=False)


def opened(keeping: Keeper, entry: SpecialCustomer) -> SpecialFacts:
    """The facts of an entry.

    Raises:
        SealBroken: it was sealed under another key, or is not what was kept.
    """
    told = json.loads(keeping.open(entry.facts, entry.place))
    told["seen_on"] = date.fromisoformat(told["seen_on"])
    told["category"] = SpecialCategory(told["category"])
    return SpecialFacts(**told)
