"""How words become search keys: the same for what is stored and for what is typed."""

import re
import unicodedata
from collections.abc import Iterable

_WORD = re.compile(r"[0-9a-z]+|[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
MAX_KEY = 80


def normalise_code(text: str) -> str:
    """A number or code as a key: full-width forms folded, lower case, without blanks and separators."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"[\s\-_/.\x00]", "", folded)[:MAX_KEY]


def after_prefix(key: str) -> str:
    """An upper bound for every key that begins with `key`: U+10FFFF is no character, so all of them sort before it."""
    return key + chr(0x10FFFF)


def title_keys(text: str) -> set[str]:
    """The words of a title; of Chinese, Japanese and Korean runs each pair of neighbours, since they have no blanks."""
    keys: set[str] = set()
    for word in _WORD.findall(unicodedata.normalize("NFKC", text).lower()):
        if _CJK.match(word) and len(word) > 1:
            keys.update(word[start : start + 2] for start in range(len(word) - 1))
        else:
            keys.add(word[:MAX_KEY])
    return keys


def code_keys(codes: Iterable[str]) -> set[str]:
    """Keys of several codes of one object, without empty ones."""
    return {key for code in codes if (key := normalise_code(code))}
