"""Kinds of invoice (票据种类): what their codes and numbers look like, how thick a book is."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from archive.custody.numbers import NumberRun
from archive.db import Base, RowId, refused_by
from archive.errors import Invalid


class KindCodeTaken(Invalid):
    """Another kind of invoice already has that code."""


class KindImpossible(Invalid):
    """No invoice looks like that, or no book has that many."""


class WrongShapeForKind(Invalid):
    """Code or number are not as long as this kind of invoice has them."""


class NotWholeBooks(Invalid):
    """The run is not a whole number of books; splitting a book is forbidden (发票管理办法 art. 24)."""


class InvoiceKind(Base, kw_only=True):
    """One kind of invoice the company hands out."""

    __tablename__ = "invoice_kind"

    id: Mapped[int] = mapped_column(RowId, primary_key=True, init=False)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    code_digits: Mapped[int] = mapped_column(default=12)
    number_digits: Mapped[int] = mapped_column(default=8)
    book_size: Mapped[int] = mapped_column(default=50)
    copies: Mapped[int] = mapped_column(default=3)

    def check_possible(self) -> None:
        """Refuse a kind no invoice could be of.

        Raises:
            KindImpossible: with the field.
        """
        bounds = {
            "code_digits": self.code_digits in {0, 10, 12},
            "number_digits": 6 <= self.number_digits <= 20,
            "book_size": 1 <= self.book_size <= 1000,
            "copies": 1 <= self.copies <= 9,
        }
        for field, possible in bounds.items():
            if not possible:
                raise KindImpossible(field=field, given=getattr(self, field))

    def check_run(self, run: NumberRun) -> None:
        """Refuse a run this kind cannot have.

        Raises:
            WrongShapeForKind, NotWholeBooks: with what was expected.
        """
        if len(run.code) != self.code_digits or len(run.first) != self.number_digits:
            raise WrongShapeForKind(
                field="code",
                kind_name=self.name,
                code_digits=self.code_digits,
                number_digits=self.number_digits,
            )
        if len(run) % self.book_size:
            raise NotWholeBooks(field="last", count=len(run), book_size=self.book_size)


refused_by(KindCodeTaken, "uq_invoice_kind_code", "invoice_kind.code")
