"""The images of scanned pages: permission first, then the store; kept by browsers for an hour."""

import io
import json

import pytest
from PIL import Image

from archive.access import SYSTEM
from archive.custody.scan import FoundStub, ScanPage
from tests.builders import Station, settle_station
from tests.integration.web.scans.sending import ReadVolume, ask
from tests.integration.web.visiting import Visits


def the_page(read: ReadVolume) -> ScanPage:
    return read.station.asks(lambda tx: tx.session.query(ScanPage).filter_by(number=1).one())


def the_stub(read: ReadVolume) -> FoundStub:
    return read.station.asks(lambda tx: tx.session.query(FoundStub).first())


def images(read: ReadVolume) -> list[str]:
    scan, stub = read.scan.id, the_stub(read).id
    return [
        f"/invoices/scans/{scan}/pages/1.jpg",
        f"/invoices/scans/{scan}/thumbs/1.jpg",
        f"/invoices/scans/{scan}/stubs/{stub}.jpg",
    ]


def size(content: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(content)) as image:
        assert image.format == "JPEG"
        return image.size


def test_page_thumbnail_and_place_are_pictures_of_the_scan(read_volume: ReadVolume, visits: Visits):
    finance, page = visits(read_volume.station.finance), the_page(read_volume)
    whole, small, place = (ask(finance, "GET", path) for path in images(read_volume))
    assert size(whole.content) == (page.width, page.height)
    assert max(size(small.content)) <= 240
    assert {each.headers["content-type"] for each in (whole, small, place)} == {"image/jpeg"}

    left, top, right, bottom = the_stub(read_volume).box
    width, height = size(place.content)
    assert right - left < width < page.width
    assert bottom - top < height < page.height


def test_a_browser_that_has_an_image_is_sent_nothing(read_volume: ReadVolume, visits: Visits):
    finance = visits(read_volume.station.finance)
    for path in images(read_volume):
        first = ask(finance, "GET", path)
        assert first.headers["cache-control"] == "private, max-age=3600"
        again = ask(finance, "GET", path, headers={"if-none-match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        other = ask(finance, "GET", path, headers={"if-none-match": '"something-else"'})
        assert other.status_code == 200
    assert (
        the_page(read_volume).image_sha256
        in ask(finance, "GET", images(read_volume)[0]).headers["etag"]
    )


def test_strangers_are_told_there_is_no_such_image_even_when_they_have_it(
    read_volume: ReadVolume, visits: Visits
):
    neighbour = settle_station(read_volume.station.system, code="HX", name="河西供电所")
    finance = visits(read_volume.station.finance)
    for path in images(read_volume):
        tag = ask(finance, "GET", path).headers["etag"]
        for person, status in ((neighbour.custodian, 404), (None, 303)):
            answer = ask(visits(person), "GET", path, headers={"if-none-match": tag})
            assert answer.status_code == status


@pytest.mark.parametrize(
    "path",
    [
        "scans/{scan}/pages/3.jpg",
        "scans/{scan}/pages/0.jpg",
        "scans/{scan}/pages/x.jpg",
        "scans/{scan}/stubs/99999.jpg",
        "scans/99999/pages/1.jpg",
        "scans/99999999999999999999/pages/1.jpg",
    ],
)
def test_there_is_nothing_beside_the_pages(read_volume: ReadVolume, visits: Visits, path: str):
    asked = f"/invoices/{path.format(scan=read_volume.scan.id)}"
    assert visits(read_volume.station.finance).get(asked).status == 404


def test_a_place_of_another_scan_is_not_shown_under_this_one(
    read_volume: ReadVolume, visits: Visits
):
    station = read_volume.station
    other = station.scan(read_volume.volume)
    path = f"/invoices/scans/{other.id}/stubs/{the_stub(read_volume).id}.jpg"
    assert visits(station.finance).get(path).status == 404


def test_an_upside_down_place_is_shown_upright(read_volume: ReadVolume, visits: Visits):
    finance, path = visits(read_volume.station.finance), images(read_volume)[2]
    upright = Image.open(io.BytesIO(ask(finance, "GET", path).content))
    with read_volume.station.system.transaction(SYSTEM) as tx:
        tx.get(ScanPage, the_page(read_volume).id).turned = 180
    turned = Image.open(io.BytesIO(ask(finance, "GET", path).content))
    assert turned.size == upright.size
    before = upright.convert("L").transpose(Image.Transpose.ROTATE_180).resize((32, 32))
    after = turned.convert("L").resize((32, 32))
    differ = [abs(a - b) for a, b in zip(before.tobytes(), after.tobytes(), strict=True)]
    assert sum(differ) / len(differ) < 8


def test_an_image_the_store_has_lost_is_not_found(read_volume: ReadVolume, visits: Visits):
    read_volume.station.system.objects.destroy(the_page(read_volume).image_key)
    finance = visits(read_volume.station.finance)
    assert [finance.get(path).status for path in images(read_volume)] == [404, 200, 404]


def test_the_desk_of_a_scan_really_read_shows_its_pages_and_boxes(
    read_volume: ReadVolume, visits: Visits
):
    page = visits(read_volume.station.finance).get(
        f"/invoices/volumes/{read_volume.volume.id}/desk"
    )
    for path in images(read_volume)[:2]:
        assert path in page.response.text
    stubs = read_volume.station.asks(lambda tx: tx.session.query(FoundStub).all())
    assert {stub.number for stub in stubs if stub.certain} == {"04210001", "04210003", "04210004"}
    data = page.response.text.partition("data-viewer-data>")[2].partition("</script>")[0]
    shown = {
        (sheet["n"], key): box
        for sheet in json.loads(data)["pages"]
        for key, _, box, _ in sheet["stubs"]
    }
    for stub in stubs:
        key = stub.number if stub.certain else f"s{stub.id}"
        assert shown[stub.page, key] == stub.box


def test_two_stations_do_not_share_images(station: Station, neighbour: Station, visits: Visits):
    volume = neighbour.bound_volume()
    scan = neighbour.scan(volume)
    assert visits(station.custodian).get(f"/invoices/scans/{scan.id}/pages/1.jpg").status == 404
