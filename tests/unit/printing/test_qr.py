"""QR codes are read back by another reader."""

import cv2
import numpy as np
import pytest
import typst  # noqa: TID251 - to set the picture alone

from archive.printing.qr import qr_svg

PAGE = """#set page(width: 40mm, height: 40mm, margin: 4mm)
#image(bytes(sys.inputs.svg), format: "svg", width: 22mm)"""


@pytest.mark.parametrize("payload", ["B:7KQ2M9ZXA4", "R:0HTV3N8PWE", "SEP:complaint;Z109-WS·2026"])
def test_what_is_drawn_is_read(payload):
    png = typst.compile(PAGE.encode(), format="png", ppi=200.0, sys_inputs={"svg": qr_svg(payload)})
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert cv2.QRCodeDetector().detectAndDecode(picture)[0] == payload
