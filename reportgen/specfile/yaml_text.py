"""Values as YAML text that `yamlfile` reads back as they were."""

from __future__ import annotations

import re

from reportgen.specfile.yaml import Mark, Scalar

_PLAIN = re.compile(r"[A-Za-z_][\w./()%-]*( [\w./()%-]+)*", re.ASCII)
#: What may not stand in the file as it is: controls, line ends of any script, the byte order mark, non-characters.
_ESCAPED = re.compile('["\\\\\x00-\x1f\x7f-\xa0\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]')


def scalar(text: str) -> str:
    """Text as one scalar, in quotes where it would be read as anything else, as `no`, `1` or `a: b`."""
    # Other readers of YAML take more words than ours for truth values.
    words = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}
    if _PLAIN.fullmatch(text) and text.lower() not in words and Scalar(Mark(""), text).value == text:
        return text
    return '"' + _ESCAPED.sub(_escape, text) + '"'


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    return "\\" + character if character in '"\\' else f"\\u{ord(character):04X}"
