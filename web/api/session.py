"""Sign in and out, one's own account, the password."""

from fastapi import APIRouter
from pydantic import BaseModel, SecretStr

from archive.people import actions as people
from web.deps import AnyVisit, SignedIn

router = APIRouter(tags=["session"])


class Credentials(BaseModel):
    code: str
    password: SecretStr


class Token(BaseModel):
    token: str
    must_change_password: bool


class NewPassword(BaseModel):
    old_password: SecretStr
    new_password: SecretStr


class Me(BaseModel):
    code: str
    name: str
    person_id: int | None
    offices: list[dict[str, str | int | None]]


@router.post("/sign-in")
def sign_in(visit: AnyVisit, given: Credentials) -> Token:
    """A token for the ``Authorization: Bearer`` header."""
    with visit.transaction() as tx:
        result = people.sign_in(tx, given.code, given.password.get_secret_value())
    if result.token is None:
        raise result.error or people.WrongSignIn()
    return Token(token=result.token, must_change_password=result.must_change_password)


@router.post("/sign-out", status_code=204)
def sign_out(visit: SignedIn) -> None:
    with visit.transaction() as tx:
        people.sign_out(tx, visit.token)


@router.post("/password", status_code=204)
def change_password(visit: SignedIn, given: NewPassword) -> None:
    """Every sign-in of the person ends; sign in again with the new password."""
    with visit.transaction() as tx:
        people.change_password(
            tx, given.old_password.get_secret_value(), given.new_password.get_secret_value()
        )


@router.get("/me")
def me(visit: SignedIn) -> Me:
    return Me(
        code=visit.actor.code,
        name=visit.actor.name,
        person_id=visit.actor.person_id,
        offices=[
            {"role": str(office.role), "station_id": office.station_id}
            for office in visit.actor.offices
        ],
    )
