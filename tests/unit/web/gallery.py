"""Serves the gallery of components: ``python -m tests.unit.web.gallery [port]``.

Every page is sent under the strict content security policy the real pages have, so that what
breaks there breaks here first.
"""

import io
import sys
from functools import cache
from pathlib import Path

import uvicorn
from PIL import Image, ImageDraw, ImageFont
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from archive.messages import Language
from tests.unit.web import samples
from web import assets
from web.parts import Progress
from web.rendering import render
from web.static_files import BuiltFiles

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def page(html: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(html, status, {"content-security-policy": POLICY})


def language_of(request: Request) -> Language:
    return "en" if request.query_params.get("lang") == "en" else "zh"


def components(request: Request) -> Response:
    language = language_of(request)
    shell = samples.full_shell() if "full" in request.query_params else samples.shell(language)
    sample = samples.components(language)
    return page(render("gallery/components.html", language, shell=shell, sample=sample))


def desk(request: Request) -> Response:
    language = language_of(request)
    chosen = request.query_params.get("number", "04210078")
    shell = samples.shell(language, path="/gallery/desk")
    made = samples.desk(chosen=chosen if chosen in samples.numbers() else "04210078")
    if "pages" in request.query_params:
        count, at = (int(request.query_params[name]) for name in ("pages", "page"))
        made = samples.long_desk(count, at=at)
    sample = samples.desk_page()
    return page(render("gallery/desk.html", language, shell=shell, sample=sample, desk=made))


async def settle(request: Request) -> Response:
    async with request.form() as form:
        answer = form.get("reason")
    if answer == "拒绝":
        refusal = samples.components().refusal
        html = render("error.html", "zh", shell=samples.shell(), status=409, refusal=refusal)
        return page(html, 409)
    if answer == "过期":
        return RedirectResponse("/gallery", 303)
    return RedirectResponse("/gallery/desk?number=04210091", 303)


async def receive(request: Request) -> Response:
    size = 0
    async for piece in request.stream():
        size += len(piece)
    if "fail" in request.headers["x-file-name"]:
        return JSONResponse({"told": "这个文件不是 PDF，请重新扫描。"}, 422)
    return JSONResponse({"upload": f"u-{size}"})


async def handed_in(request: Request) -> Response:
    async with request.form() as form:
        told = [
            (name, value if isinstance(value, str) else f"{value.filename} ({value.size})")
            for name, value in form.multi_items()
        ]
    return JSONResponse(told)


def progress(request: Request) -> Response:
    shown = Progress("读取 2026年10月第 1 册", 35, 100, remaining_seconds=66, poll_href="/gallery/progress")  # fmt: skip
    return page(render("gallery/progress.html", language_of(request), progress=shown))


def problem(request: Request) -> Response:
    status = int(request.path_params["status"])
    language = language_of(request)
    shell = samples.shell(language)
    return page(
        render("error.html", language, shell=shell, status=status, reference="7f3a-19c2"), status
    )


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    import pylopdf_fonts_zh_cn

    folder = Path(pylopdf_fonts_zh_cn.__file__).parent
    return ImageFont.truetype(str(folder / "NotoSansSC-Regular.otf"), size)


@cache
def drawn(number: int) -> Image.Image:
    """A page of the sample volume, roughly as a scanner sees it."""
    sheet = Image.new("RGB", samples.SHEET_SIZE, "#f7f4ea")
    draw = ImageDraw.Draw(sheet)
    for text in samples.numbers():
        page_number, (left, top, right, bottom) = samples.place(text)
        if page_number != number or samples.OFF.get(text) == "missing":
            continue
        draw.rectangle((left, top, right, bottom), outline="#3d5a3d", width=3)
        draw.text((left + 300, top + 20), "农村电费发票（存根联）", "#3d5a3d", font(44))
        draw.text((left + 30, top + 90), f"发票代码 {samples.CODE}", "#222", font(28))
        draw.text((right - 330, top + 80), f"№ {text}", "#b0281f", font(48))
        for row, name in enumerate(("户名", "户号", "电量（千瓦时）", "电费（元）", "收费日期")):
            y = top + 150 + row * 58
            draw.line((left, y, right, y), "#7a8f7a", 2)
            draw.text((left + 24, y + 10), name, "#333", font(26))
            draw.text((left + 330, y + 10), f"{int(text) * (row + 3) % 98317}", "#1f2f7f", font(28))
        if samples.OFF.get(text) in {"void", "void-unregistered", "void-doubted"}:
            stamp = Image.new("L", (420, 170))
            ImageDraw.Draw(stamp).text((20, 10), "废 票", 200, font(120))
            turned = stamp.rotate(18, expand=True)
            sheet.paste("#c0362c", (left + 420, top + 130), turned)
        if text in {"04210091", "04210140"}:
            draw.ellipse(
                (right - 330, top + 20, right - 110, top + 240), outline="#c0362c", width=9
            )
            draw.rectangle((right - 230, top + 80, right - 60, top + 140), fill="#d8a49a")
    return sheet.rotate(180) if number == 5 else sheet


def picture(image: Image.Image) -> Response:
    kept = io.BytesIO()
    image.save(kept, "JPEG", quality=80)
    return Response(
        kept.getvalue(), media_type="image/jpeg", headers={"cache-control": "max-age=60"}
    )


def page_image(request: Request) -> Response:
    image = drawn(int(request.path_params["number"]))
    return picture(image.resize((124, 175)) if "small" in request.query_params else image)


def crop_image(request: Request) -> Response:
    page_number, box = samples.place(request.path_params["number"])
    return picture(drawn(page_number).crop(box))


app = Starlette(
    routes=[
        Route("/gallery", components),
        Route("/gallery/desk", desk),
        Route("/gallery/desk/settle", settle, methods=["POST"]),
        Route("/gallery/progress", progress),
        Route("/problem/{status:int}", problem),
        Route("/uploads", receive, methods=["POST"]),
        Route("/scans", handed_in, methods=["POST"]),
        Route("/pages/{number:int}.jpg", page_image),
        Route("/crops/{number}.jpg", crop_image),
        Mount(assets.ADDRESS, BuiltFiles()),
    ]
)

if __name__ == "__main__":
    assets.build()
    uvicorn.run(app, port=int(sys.argv[1]) if len(sys.argv) > 1 else 8099, log_level="warning")
