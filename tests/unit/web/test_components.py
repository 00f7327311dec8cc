"""The components, by what a person gets from them."""

import gzip
import re
from html.parser import HTMLParser

import pytest

from tests.unit.web import samples
from web import assets
from web.desk_parts import MARKS, Cell, number_grid
from web.parts import Action, Column, FormState, Progress, Shell
from web.rendering import environment, render

VOID = {"area", "br", "col", "hr", "image", "img", "input", "link", "meta", "path", "rect"}


class Outline(HTMLParser):
    """Reads a page strictly: every element closed in order, every id once."""

    def __init__(self):
        super().__init__()
        self.open, self.faults, self.ids = [], [], []
        self.refers, self.attributes, self.tags = [], [], []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.tags.append((tag, given))
        self.attributes += given
        self.ids += [given["id"]] if "id" in given else []
        for name in ("for", "aria-describedby", "aria-labelledby"):
            self.refers += (given.get(name) or "").split()
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> at {self.getpos()}")


def outline(html):
    reader = Outline()
    reader.feed(html)
    reader.faults += [f"<{tag}> left open" for tag in reader.open]
    return reader


def gallery(language):
    shell = samples.shell(language)
    return render(
        "gallery/components.html", language, shell=shell, sample=samples.components(language)
    )


def desk_page(language="zh", **options):
    return render(
        "gallery/desk.html",
        language,
        shell=samples.shell(language),
        sample=samples.desk_page(),
        desk=samples.desk(**options),
    )


def macro(source, language="zh", **context):
    return environment(language).from_string(source).render(**context)


PAGES = {"components": gallery, "desk": desk_page}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_well_formed_and_every_reference_leads_somewhere(page, language):
    read = outline(PAGES[page](language))
    assert read.faults == []
    assert sorted(one for one in set(read.ids) if read.ids.count(one) > 1) == []
    assert set(read.refers) - set(read.ids) == set()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_needs_no_inline_script_or_style(page):
    read = outline(PAGES[page]("zh"))
    assert [name for name in read.attributes if name == "style" or name.startswith("on")] == []
    scripts = [given for tag, given in read.tags if tag == "script"]
    assert all("src" in given or given.get("type") == "application/json" for given in scripts)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_weighs_less_than_100_kb_without_its_images(page):
    html = PAGES[page]("zh")
    loaded = re.findall(r'(?:src|href)="/static/([^"]+\.(?:css|js|svg))"', html)
    weight = sum((assets.BUILT / f"{name}.gz").stat().st_size for name in set(loaded))
    assert len(html.encode()) + weight < 100_000
    assert not any("openseadragon" in name for name in loaded)


def test_nothing_is_loaded_from_elsewhere():
    for page in PAGES.values():
        assert re.findall(r'(?:src|href|action)="(?:https?:)?//[^"]*', page("zh")) == []


def test_the_shell_before_sign_in_shows_no_sections_and_no_sign_out():
    shell = Shell(station="青石供电所", sections=samples.shell().sections)
    html = render("error.html", "zh", shell=shell, status=404)
    assert "<nav" not in html
    assert "sign-out" not in html


def test_a_blocked_button_says_why_in_words_and_cannot_submit():
    source = '{% from "components/buttons.html" import action_button %}{{ action_button(a) }}'
    html = macro(source, a=Action("领用", "/issue", "primary", why_not="还没有核验"))
    assert 'aria-disabled="true"' in html
    assert "还没有核验" in html
    assert "/issue" not in html
    assert 'type="button"' in html


def test_a_form_keeps_what_was_typed_and_says_what_is_wrong_beside_it():
    source = '{% from "components/forms.html" import text %}{{ text("first", "起号", s) }}'
    html = macro(source, s=FormState({"first": '<04210"051>'}, {"first": "只能是数字。"}))
    assert 'value="&lt;04210&#34;051&gt;"' in html
    assert "只能是数字。" in html
    assert 'aria-describedby=" f-first-error"' in html
    assert 'aria-invalid="true"' in html


def test_a_password_is_never_sent_back():
    source = '{% from "components/forms.html" import password %}{{ password("password", "x", s) }}'
    assert "secret" not in macro(source, s=FormState({"password": "secret"}))


def test_the_error_summary_leads_to_each_field():
    html = gallery("zh")
    for name in ("code", "last", "copies"):
        assert f'href="#f-{name}"' in html
        assert f'id="f-{name}"' in html


def test_an_empty_list_says_what_to_do_next():
    source = '{% from "components/lists.html" import data_table %}{{ data_table(c, [], "票据", "请先领用。") }}'
    html = macro(source, c=[Column("a", "甲")])
    assert "请先领用。" in html
    assert "<table" not in html


def test_a_list_can_draw_its_own_cells():
    source = (
        '{% from "components/lists.html" import data_table %}'
        '{% call(row, column) data_table(c, rows, "票据", "空") %}<b>{{ row.a }}{{ column.key }}</b>{% endcall %}'
    )
    assert "<b>1a</b>" in macro(source, c=[Column("a", "甲")], rows=[{"a": 1}])


@pytest.mark.parametrize(
    ("state", "polls"), [("waiting", True), ("running", True), ("done", False), ("failed", False)]
)
def test_progress_is_asked_for_again_only_while_it_goes_on(state, polls):
    source = (
        '{% from "components/outcome.html" import progress, progress_refresh %}'
        '{{ progress(p, "p") }}{{ progress_refresh(p) }}'
    )
    html = macro(source, p=Progress("读取", 3, 10, state, poll_href="/p"))
    assert ("hx-get" in html) is polls
    assert ('http-equiv="refresh"' in html) is polls


def test_what_cannot_be_signed_has_no_password_field_and_every_reason():
    source = '{% from "components/outcome.html" import signing %}{{ signing(s, shell, f) }}'
    blocked = samples.components().blocked
    html = macro(source, s=blocked, shell=samples.shell(), f=FormState())
    assert 'type="password"' not in html
    for reason in blocked.why_not:
        assert reason in html


def cells(numbers, mark="found"):
    return [Cell(number, mark, "#") for number in numbers]


def test_grid_rows_begin_at_one_and_leave_room_where_a_number_is_not_of_the_volume():
    grid = number_grid({"": cells(f"{n:08d}" for n in range(4210058, 4210064))})
    first, second = grid.blocks[0].rows
    assert (first.prefix, first.first, first.last) == ("042100", "58", "60")
    assert [cell and cell.number[-2:] for cell in first.cells] == [None] * 7 + ["58", "59", "60"]
    assert [cell and cell.number[-2:] for cell in second.cells] == ["61", "62", "63"] + [None] * 7


def test_grid_rows_never_mix_codes_or_widths():
    grid = number_grid({"a": cells(["00000001", "000000001"]), "b": cells(["00000001"])})
    assert [(block.code, len(block.rows)) for block in grid.blocks] == [("a", 2), ("b", 1)]


def test_two_runs_far_apart_do_not_fill_the_gap_between_them():
    grid = number_grid({"": cells(["00000001", "99999999"])})
    assert len(grid.blocks[0].rows) == 2


def test_the_grid_keeps_twenty_digits_exact():
    numbers = [f"2637{n:016d}" for n in range(9007199254740990, 9007199254741000)]
    assert [cell.number for cell in number_grid({"": cells(numbers)})] == numbers


def test_the_legend_counts_every_cell_once():
    legend = samples.grid().legend
    assert legend["found"] == 92
    assert legend["unreadable"] == 2
    assert sum(legend.values()) == samples.COUNT + 2
    assert samples.grid().settled == len(samples.SETTLED)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_mark_has_a_letter_of_its_own_and_a_name(language):
    t = environment(language).globals["t"]
    letters = [t(f"grid.letter.{mark}") for mark in MARKS]
    assert len(set(letters)) == len(MARKS)
    assert len({t(f"grid.mark.{mark}") for mark in MARKS}) == len(MARKS)


def test_every_mark_has_its_own_look():
    css = (assets.SOURCES / "grid.css").read_text("utf-8")
    assert [mark for mark in MARKS if not re.search(rf"\.n-{mark}\b[^-]", css)] == []


def test_a_grid_of_two_thousand_numbers_stays_light_and_links_each_number():
    grid = number_grid({"013001700111": [Cell(f"{n:08d}", "found", f"/v/7?n={n:08d}") for n in range(1, 2001)]}, per_row=25)  # fmt: skip
    source = '{% from "components/grid.html" import number_grid %}{{ number_grid(grid) }}'
    html = macro(source, grid=grid)
    assert html.count("<a ") == 2000
    assert len(gzip.compress(html.encode())) < 40_000


def test_the_desk_without_scripts_shows_the_page_its_stubs_and_the_way_on():
    html = desk_page()
    assert '<image href="/pages/10.jpg"' in html
    assert 'class="stub n-double chosen"' in html
    assert 'href="/gallery/desk?page=9"' in html
    assert 'href="/gallery/desk?page=11"' in html


def test_an_upside_down_page_is_shown_upright():
    html = desk_page(chosen="04210063")
    assert "rotate(180)" in html


def test_a_desk_one_may_only_look_at_offers_nothing_to_settle():
    assert "finding-form" not in desk_page(read_only=True)


def test_what_the_machine_only_believes_is_shown_but_never_filled_in():
    html = desk_page(chosen="04210091")
    assert "042100?1" in html
    typed = [given for tag, given in outline(html).tags if given.get("name") == "number"]
    assert {given["value"] for given in typed} == {""}
