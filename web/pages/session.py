"""Sign in, sign out, change the password, choose the language."""

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from archive.errors import ArchiveError
from archive.people import actions as people
from archive.people.actions import SignInResult
from archive.transaction import Transaction
from web.deps import LANGUAGE_COOKIE, SESSION_COOKIE, AnyVisit, PostedForm, SignedIn, Visit
from web.page import go, show
from web.parts import FormState

router = APIRouter()


@router.get("/sign-in")
def sign_in_page(visit: AnyVisit, next: str = "/") -> Response:  # noqa: A002 - the query's name
    if visit.signed_in:
        return go(_ours(next))
    return show(visit, "session/sign_in.html", next=_ours(next))


@router.post("/sign-in")
def sign_in(visit: AnyVisit, form: PostedForm) -> Response:
    with visit.transaction() as tx:
        result = people.sign_in(tx, form.text("code"), form.text("password"))
    if result.token is None:
        error = result.error
        state = FormState({"code": form.text("code")}, {"": visit.told(error)} if error else {})
        return show(
            visit, "session/sign_in.html", status=401, state=state, next=_ours(form.text("next"))
        )
    return with_session(visit, result, _ours(form.text("next")))


def with_session(visit: Visit, result: SignInResult, href: str) -> Response:
    """On to ``href``, signed in."""
    answer = RedirectResponse("/password" if result.must_change_password else href, 303)
    answer.set_cookie(
        SESSION_COOKIE,
        result.token or "",
        max_age=visit.system.settings.session_hours * 3600,
        httponly=True,
        samesite="lax",
        secure=visit.system.settings.public_url.startswith("https"),
    )
    return answer


@router.post("/sign-out")
def sign_out(visit: AnyVisit) -> Response:
    if visit.signed_in:
        with visit.transaction() as tx:
            people.sign_out(tx, visit.token)
    answer = RedirectResponse("/sign-in", 303)
    answer.delete_cookie(SESSION_COOKIE)
    return answer


@router.get("/password")
def password_page(visit: SignedIn) -> Response:
    return show(visit, "session/password.html", first=visit.must_change_password)


@router.post("/password")
def change_password(visit: SignedIn, form: PostedForm) -> Response:
    old, new = str(form.data.get("old_password", "")), str(form.data.get("new_password", ""))
    if new != str(form.data.get("again", "")):
        return _password_again(visit, {"again": visit.t("account.again_differs")})

    def change(tx: Transaction) -> SignInResult:
        people.change_password(tx, old, new)
        return people.sign_in(tx, visit.actor.code, new)

    outcome = visit.attempt(change)
    if outcome.error is not None:
        return _password_again(visit, _beside(visit, outcome.error))
    return with_session(visit, outcome.value, "/?changed=password")


@router.get("/account")
def account(visit: SignedIn) -> Response:
    return show(visit, "session/account.html", actor=visit.actor)


@router.post("/language")
def choose_language(visit: SignedIn, form: PostedForm) -> Response:
    language = "en" if form.text("language") == "en" else "zh"
    with visit.transaction() as tx:
        people.choose_language(tx, language)
    answer = go("/account")
    answer.set_cookie(LANGUAGE_COOKIE, language, max_age=31_536_000, httponly=True, samesite="lax")
    return answer


def _password_again(visit: Visit, errors: dict[str, str]) -> Response:
    return show(
        visit,
        "session/password.html",
        status=422,
        state=FormState({}, errors),
        first=visit.must_change_password,
    )


def _beside(visit: Visit, error: ArchiveError) -> dict[str, str]:
    name = type(error).__name__
    field = "old_password" if name == "WrongPassword" else getattr(error, "field", None) or ""
    return {field: visit.told(error)}


def _ours(path: str) -> str:
    """A path of this site, whatever a link says."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) else "/"
