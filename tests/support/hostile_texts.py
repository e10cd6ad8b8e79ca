"""Texts that mean something to a database, a template or a spreadsheet. Carried out, they leave a mark."""

import re

SHORT = "';{{9**9}}"
"""Fits into the shortest of texts."""

HOSTILE = (
    "'; DROP TABLE customers; --",
    "x'); UPDATE branches SET name = 'carried' || ' out'; --",
    "' OR '1'='1",
    '" OR 1=1 --',
    "') UNION SELECT token_hash, name FROM access_tokens --",
    "\\'; COPY branches TO PROGRAM 'id'; --",
    "$1 ?1 :id %s %(id)s {0} {id} \\",
    "%_%",
    "{{ 68921 * 7 }}{% for x in 'qqqq' %}qqqq{% endfor %}",
    "{{ self.__init__.__globals__ }}${68921*7}<%= 68921*7 %>#{68921*7}",
    '#(68921 * 7) $68921 times 7$ #read("/etc/passwd")',
    "=68921*7",
    "@SUM(68921*7)",
    '=HYPERLINK("http://evil.example","x")',
    '"><script>alert(1)</script><img src=x onerror=alert(1)>',
)
ODD = ("\x00", "a\x00b", "\u202egnp.exe", "\x1b[2J", "\r\nX-Injected: 1", "", " ", "x" * 20_000)
CARRIED_OUT = re.compile(r"482447|387420489|q{9}|carried out|root:|__builtins__")
