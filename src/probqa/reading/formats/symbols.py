"""Symbol fonts: the Unicode characters that Symbol, Wingdings, Webdings and Marlett draw in the places of letters.

In: the name of a font and text. Out: the text as it looks. The tables follow Adobe's Symbol encoding, and for the
others what their glyphs show, where Unicode has it.

>>> in_unicode("Symbol", "\\uf0a3")
'≤'
>>> in_unicode("Wingdings 2", "P")
'✓'
>>> in_unicode("Arial", "P")
'P'
"""

from __future__ import annotations

UNKNOWN = "\ufffd"

_SYMBOL = " !∀#∃%&∋()∗+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼"
_SYMBOL_HIGH = "€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐⎯↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪\ufffd〉∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭"


def _row(start: int, characters: str) -> dict[int, str]:
    return dict(enumerate(characters, start))


_FONTS: dict[str, dict[int, str]] = {
    "symbol": _row(0x20, _SYMBOL) | _row(0xA0, _SYMBOL_HIGH),
    "wingdings": _row(0x41, "✌👌👍👎☜☞☝☟✋☺😐☹💣☠⚐") | _row(0x6C, "●❍■□❐❑❒⬧⧫◆❖⬥⌧") | _row(0x7D, "❝❞")
    | _row(0x80, "⓪①②③④⑤⑥⑦⑧⑨⑩⓿❶❷❸❹❺❻❼❽❾❿") | _row(0x9E, "·•·○") | _row(0xA4, "◉◎") | _row(0xA7, "▪□")
    | _row(0xAA, "✦★✶✴✹✵") | _row(0xDF, "←→↑↓↖↗↙↘←➔↑↓↖↗↙↘⇦⇨⇧⇩⇔") | _row(0xFB, "✗✓☒☑")
    | {0x20: " ", 0x21: "✏", 0x22: "✂", 0x28: "☎", 0x2A: "✉", 0x36: "⌛", 0x51: "✈", 0xD8: "➢", 0xDC: "➲"},
    "wingdings 2": _row(0x4F, "✗✓☒☑☒☒⊗⊗") | _row(0x69, "⓪①②③④⑤⑥⑦⑧⑨⑩⓿❶❷❸❹❺❻❼❽❾❿")
    | {0x20: " ", 0x97: "•", 0x98: "•", 0xA2: "■", 0xA3: "□"},
    "wingdings 3": _row(0x21, "←→↑↓↖↗↙↘") | _row(0x66, "←→↑↓↖↗↙↘") | _row(0x70, "▲▼△▽◀▶◁▷") | {0x20: " ", 0x7D: "▶"},
    "webdings": _row(0x33, "◀▶▲▼") | {0x20: " ", 0x61: "✔", 0x63: "□", 0x67: "■", 0x69: "ℹ", 0x6E: "●", 0x72: "✖"},
    "marlett": {0x20: " ", 0x61: "✓", 0x62: "✔", 0x72: "✖", 0x68: "●", 0x69: "●"},
}  # fmt: skip


def in_unicode(font: str, text: str) -> str:
    """Return text as it looks in a font.

    A character of a symbol font that has no known likeness, or one for private use in any font, is ``UNKNOWN``.
    """
    glyphs = _FONTS.get(font.lower())
    return "".join(_one(glyphs, character) for character in text)


def _one(glyphs: dict[int, str] | None, character: str) -> str:
    code = ord(character)
    is_private = 0xE000 <= code <= 0xF8FF
    if glyphs is None:
        return UNKNOWN if is_private else character
    if 0xF020 <= code <= 0xF0FF:
        code -= 0xF000
    elif not is_private:
        if character.isspace():
            return character
        # Letters typed in such a font are stored as the letters of the old Western European encoding.
        encoded = character.encode("cp1252", errors="ignore")
        if not encoded:
            return character
        code = encoded[0]
    return glyphs.get(code, UNKNOWN)
