"""XML someone sent, as a tree: no document types, so no entities; no more parts than a page has.

The parser is the standard library's expat, told to stop at the first ``<!DOCTYPE``: neither
entities that multiply nor such that fetch something can be declared without one.
"""

import re
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

MOST_ELEMENTS = 300_000
DEEPEST = 64

_SAYS_GB = re.compile(rb"^<\?xml[^>]{0,80}encoding=[\"'](gb2312|gbk|gb18030)[\"']", re.IGNORECASE)
_NAMESPACE = " "


class XmlRefused(ValueError):
    """It is no XML that can be read."""


class XmlTangled(XmlRefused):
    """It declares a document type, or is deeper or has more parts than anything has."""


def tree_of(content: bytes) -> Element:
    """The root; names without their namespaces, the root's own as its attribute ``xmlns``.

    Raises:
        XmlTangled: it is built to be too much.
        XmlRefused: it is not well-formed.
    """
    try:
        return _Reading(content).root
    except (expat.ExpatError, UnicodeDecodeError) as error:
        raise XmlRefused from error


class _Reading:
    def __init__(self, content: bytes) -> None:
        encoding = None
        if _SAYS_GB.match(content):  # expat knows Unicode only
            content, encoding = content.decode("gb18030").encode(), "utf-8"
        self._builder = TreeBuilder()
        self._deep = self._count = 0
        parser = expat.ParserCreate(encoding, _NAMESPACE)
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refused
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._builder.data
        parser.Parse(content, True)
        self.root: Element = self._builder.close()

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._deep += 1
        self._count += 1
        if self._deep > DEEPEST or self._count > MOST_ELEMENTS:
            raise XmlTangled
        namespace, _, bare = name.rpartition(_NAMESPACE)
        said = {key.rpartition(_NAMESPACE)[2]: value for key, value in attributes.items()}
        if self._deep == 1:
            said["xmlns"] = namespace
        self._builder.start(bare, said)

    def _end(self, name: str) -> None:
        self._deep -= 1
        self._builder.end(name.rpartition(_NAMESPACE)[2])


def _refused(*_: object) -> None:
    raise XmlTangled
