"""Serves the built page assets: already compressed, and for browsers to keep for good."""

from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from web.assets import BUILT, MANIFEST

FOR_GOOD = "public, max-age=31536000, immutable"
"""A name carries the digest of its content, so the content under a name never changes."""

_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


class BuiltFiles(StaticFiles):
    """The files ``web.assets`` built, to be mounted at ``web.assets.ADDRESS``."""

    def __init__(self, built: Path = BUILT) -> None:
        super().__init__(directory=built, check_dir=False)
        self._built = built

    async def get_response(self, path: str, scope: Scope) -> Response:
        if path == MANIFEST or path.endswith(".gz"):
            return Response(status_code=404)
        small = self._built / f"{path}.gz"
        accepts = Headers(scope=scope).get("accept-encoding", "")
        if "gzip" in accepts and Path(path).name == path and small.is_file():
            answer: Response = FileResponse(
                small,
                media_type=_TYPES.get(Path(path).suffix),
                headers={"content-encoding": "gzip"},
            )
        else:
            answer = await super().get_response(path, scope)
        answer.headers["vary"] = "accept-encoding"
        if answer.status_code == 200:
            answer.headers["cache-control"] = FOR_GOOD
        return answer
