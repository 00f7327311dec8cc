import re
from decimal import Decimal

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from tests.unit.web import samples
from web.rendering import TEMPLATES, cell, code, environment, render, wants_fragment


def from_string(source: str, language="zh", **context) -> str:
    return environment(language).from_string(source).render(**context)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "path", sorted(str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html"))
)
def test_every_template_compiles(path, language):
    environment(language).get_template(path)


def test_a_name_the_page_did_not_give_is_an_error_not_a_gap():
    with pytest.raises(UndefinedError):
        from_string("{{ fee | money }}")


def test_what_people_typed_is_escaped_also_inside_a_sentence():
    html = from_string("{{ t('sign.password', person=name) }}", name="<b>周敏</b>")
    assert "&lt;b&gt;周敏&lt;/b&gt;" in html


@pytest.mark.parametrize(
    ("number", "groups"),
    [
        ("04210051", ["0421", "0051"]),
        ("0130017001", ["0130", "0170", "01"]),
        ("013001700111", ["0130", "0170", "0111"]),
        ("26377000000012345678", ["2637", "7000", "0000", "1234", "5678"]),
    ],
)
def test_a_long_number_is_grouped_for_the_eye_and_copied_whole(number, groups):
    html = str(code(number))
    assert re.findall(r"<i>(\d+)</i>", html) == groups
    assert re.sub(r"<[^>]+>", "", html) == number


@pytest.mark.parametrize("other", ["J001-KU·2026·D30-003", "1234567", "٠١٢٣٤٥٦٧", "<i>0421</i>"])
def test_what_is_no_long_number_is_not_grouped(other):
    html = code(other)
    assert html.unescape() == Markup('<span class="code">%s</span>').unescape() % other
    assert html.count("<i>") == 0


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        (123450, "money", "1,234.50"),
        (Decimal("31240.50"), "kwh", "31,240.50"),
        (Decimal("31240.5"), "kwh", "31,240.50"),
        (Decimal(22018), "kwh", "22,018.00"),
        (0, "number", "0"),
        (None, "money", "—"),
        ("", "text", "—"),
    ],
)
def test_a_cell_is_written_by_its_columns_kind(value, kind, shown):
    assert str(cell(value, kind, "zh")) == shown


def test_a_fragment_is_the_content_and_the_title_without_the_shell():
    context = {"shell": samples.shell(), "status": 404}
    whole = render("error.html", "zh", **context)
    part = render("error.html", "zh", fragment=True, **context)
    assert "<header" in whole
    assert "<html" in whole
    assert "<header" not in part
    assert "<html" not in part
    content = whole.split('tabindex="-1">', 1)[1].split("</main>")[0].strip()
    assert content in part
    assert "<title>找不到这个页面</title>" in part


@pytest.mark.parametrize(
    ("headers", "wanted"),
    [
        ({}, False),
        ({"hx-request": "true", "hx-request-type": "partial"}, True),
        ({"hx-request": "true", "hx-request-type": "full"}, False),
    ],
)
def test_only_a_partial_request_of_htmx_gets_a_fragment(headers, wanted):
    assert wants_fragment(headers) is wanted


@pytest.mark.parametrize("status", [403, 404, 409, 422, 500, 503])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_problem_has_a_page_that_says_what_to_do_next(status, language):
    html = render("error.html", language, shell=samples.shell(language), status=status)
    told = environment(language).globals["t"](f"problem.{status}.next")
    assert told in environment(language).from_string("{{ x }}").render(x=Markup(html)).replace(
        "&#39;", "'"
    )


def test_a_refusal_names_the_clause_and_leads_on():
    refusal = samples.components().refusal
    html = render("error.html", "zh", shell=samples.shell(), status=409, refusal=refusal)
    assert "制度》三、5" in html
    assert 'href="/submit"' in html
    for reason in refusal.reasons:
        assert reason in html
