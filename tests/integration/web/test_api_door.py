"""What stands under /api is built when it is first asked for, and is the same archive's."""

from web.api_door import ApiDoor
from web.app import create_app


def test_the_pages_are_up_before_the_api_is_built(system):
    door = create_app(system).state.api
    assert isinstance(door, ApiDoor)
    assert door._behind is None
    assert door.open() is door.open()


def test_the_api_describes_itself(visits):
    described = visits(None).get("/api/openapi.json").response.json()
    assert described["paths"]["/api/v1/sign-in"]["post"]
    assert all(path.startswith("/api/v1/") for path in described["paths"])


def test_an_unknown_address_is_told_as_json_and_framed_like_every_answer(visits):
    answer = visits(None).get("/api/v1/nowhere").response
    assert (answer.status_code, answer.json()["error"]) == (404, "Http")
    assert "content-security-policy" in answer.headers


def test_the_api_is_about_the_archive_the_pages_are_about(app):
    assert app.state.api.open().state is app.state
