"""Fields of a Word file that show something without having stored it as text.

In: the data of a form field, or the code of a field. Out: the chosen entry, the box, the fraction or the symbol.
"""

from __future__ import annotations

import re
from typing import Any

from probqa.reading.formats.packed_xml import child, name_of, number, switch, value
from probqa.reading.formats.raised import fraction
from probqa.reading.formats.symbols import in_unicode


def chosen_entry(form: Any) -> str:
    """Return the chosen entry of a form's list, or its ticked or empty box."""
    entries = child(form, "ddList")
    if entries is not None:
        texts = [value(entry) for entry in entries if name_of(entry) == "listEntry"]
        chosen = number(value(child(entries, "result")) or value(child(entries, "default")))
        return texts[chosen] if 0 <= chosen < len(texts) else ""
    box = child(form, "checkBox")
    if box is None:
        return ""
    ticked = switch(box, "checked")
    return "☒" if (switch(box, "default") if ticked is None else ticked) else "☐"


def shown_by_code(code: str) -> str:
    """Return what a field shows that has stored no result."""
    parts = re.search(r"\\f ?\(([^(),;\\]{1,40})[,;]([^(),;\\]{1,40})\)", code, re.IGNORECASE)
    if code.split()[:1] in (["EQ"], ["eq"]) and parts:
        above, below = parts.group(1).strip(), parts.group(2).strip()
        return fraction(above, below) if above.isdecimal() and below.isdecimal() else f"{above}/{below}"
    symbol = re.match(r"\s*SYMBOL\s+(\d{1,5}|0x[0-9a-f]{1,4})\s", f"{code} ", re.IGNORECASE)
    if symbol:
        named = re.search(r'\\f\s*"?([A-Za-z0-9 ]{1,40})"?', code)
        return in_unicode(named.group(1).strip() if named else "Symbol", chr(int(symbol.group(1), 0)))
    return ""
