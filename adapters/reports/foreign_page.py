"""Somebody else's page, made harmless: what it shows stays, what it could do or fetch goes.

It is foreign input. Scripts, forms, frames, links, and whatever would be fetched from elsewhere are taken out; of its styles, those
that fetch nothing stay. Whoever serves the result adds a policy that forbids the same once more.
"""

import re
import sys

import nh3

_TAGS = (nh3.ALLOWED_TAGS - {"area", "map"}) | {"address", "big", "font", "main", "section", "tfoot"}

_EVERYWHERE = {"align", "bgcolor", "class", "dir", "height", "lang", "style", "valign", "width"}
_ATTRIBUTES = {
    "*": _EVERYWHERE,
    "col": {"span"},
    "colgroup": {"span"},
    "font": {"color", "face", "size"},
    "hr": {"noshade", "size"},
    "img": {"alt", "src"},
    "ol": {"start"},
    "table": {"border", "cellpadding", "cellspacing", "summary"},
    "td": {"colspan", "headers", "nowrap", "rowspan", "scope"},
    "th": {"colspan", "headers", "nowrap", "rowspan", "scope"},
}

_GONE_WITH_ALL_INSIDE = {
    "applet", "audio", "button", "canvas", "datalist", "embed", "frameset", "iframe", "math", "noembed", "noframes",
    "noscript", "object", "option", "script", "select", "style", "svg", "template", "textarea", "title", "video",
}  # fmt: skip

_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE)
"""Pictures that are in the page itself."""

_FETCHING = re.compile(
    r"[\\<]|@(?!(?:media|page)\b)|url|src|image|import|expression|behavior|binding|attr\s*\(|element\s*\(",
    re.IGNORECASE,
)
"""What a style could fetch with, and what such a thing could be hidden behind."""

_STYLE = re.compile(r"<style>([^<]*)</style>")

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
_CHARSETS = {"utf-8", "utf8", "iso-8859-1", "latin1", "windows-1252", "us-ascii"}
"""Those that a page in Portuguese is written in. Others could make one text out of another."""


def is_html(media_type: str) -> bool:
    """Whether something of this media type is a page."""
    return media_type.partition(";")[0].strip().lower() in ("text/html", "application/xhtml+xml")


def decoded(page: bytes, media_type: str) -> str:
    """The page's text; what it is written in is told by its media type, or is UTF-8, or else what Windows writes."""
    told = _CHARSET.search(media_type)
    if told and told[1].lower() in _CHARSETS:
        return page.decode(told[1], "replace")
    try:
        return page.decode("utf-8-sig")
    except UnicodeDecodeError:
        return page.decode("windows-1252", "replace")


def harmless_page(text: str) -> str:
    """A page of our own that shows what this one shows.

    Made for pages that are nested far too deep it takes minutes: see `adapters.reports.foreign_pages`.
    """
    body = nh3.clean(
        text,
        tags=_TAGS,
        clean_content_tags=_GONE_WITH_ALL_INSIDE,
        attributes=_ATTRIBUTES,
        attribute_filter=_kept,
        url_schemes={"data"},
        link_rel=None,
    )
    return (
        '<!DOCTYPE html>\n<html lang="pt-BR">\n<head>\n<meta charset="utf-8">\n<title>Relatório original</title>\n'
        f"<style>\n{_styles(text)}\n</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _kept(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "src":
        return value if tag == "img" and _PICTURE.fullmatch(value) else None
    if attribute == "style":
        return None if _FETCHING.search(value) else value
    return value


def _styles(text: str) -> str:
    """The style sheets in the page that fetch nothing, others left out whole."""
    # Of a page of nothing but text and <style>, where "<" is a tag's and nothing else's.
    sheets = nh3.clean(text, tags={"style"}, clean_content_tags={"script", "template"}, attributes={})
    found: list[str] = _STYLE.findall(sheets)
    return "\n".join(sheet for sheet in found if not _FETCHING.search(sheet))


if __name__ == "__main__":
    sys.stdout.buffer.write(harmless_page(sys.stdin.buffer.read().decode()).encode())
