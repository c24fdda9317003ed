"""Classes of characters that make grapheme clusters, seen through tokenizers' Precompiled step. Used by make_unicode.

The step replaces a cluster of fewer than six bytes by what the shortest rule that begins it says, and any other character
by character. So a charsmap of few rules shows where clusters end: what follows a rule's character in a short cluster is
lost.
"""

import struct

from tokenizers import normalizers
from unicode_tables import CHARACTERS, NOTE, two_level

ACUTE, JOINER, KA, VIRAMA = "\u0301", "\u200d", "\u0915", "\u094d"
HANGUL = {
    "L": [*range(0x1100, 0x1160), *range(0xA960, 0xA97D)],
    "V": [*range(0x1160, 0x11A8), *range(0xD7B0, 0xD7C7)],
    "T": [*range(0x11A8, 0x1200), *range(0xD7CB, 0xD7FC)],
    "LV": range(0xAC00, 0xD7A4, 28),
    "LVT": [point for point in range(0xAC00, 0xD7A4) if (point - 0xAC00) % 28],
}
CLASSES = "Other CR LF Control Extend Joiner Regional Prepend Spacing L V T LV LVT Pictograph".split()
CONSONANT, LINKER, CONJUNCT_EXTEND = 16, 32, 48


def charsmap(rules):
    """The bytes of a charsmap with a rule for each text of `rules`: a double array in which every node has its own base."""
    texts, trie = bytearray(), {}
    for text, replaced in rules.items():
        node = trie
        for byte in text.encode():
            node = node.setdefault(byte, {})
        node[0] = len(texts)
        texts += replaced.encode() + b"\0"
    units, waiting, base = {0: 0}, [(0, 0, trie)], 0
    while waiting:
        place, label, node = waiting.pop()
        base += 1
        while any(base ^ byte in units for byte in node):
            base += 1
        units[place] = (place ^ base) << 10 | (0 in node) << 8 | label
        for byte, child in node.items():
            units[base ^ byte] = 0 if byte else 1 << 31 | child
            if byte:
                waiting.append((base ^ byte, byte, child))
    assert base < 1 << 21
    size = (base | 255) + 1
    array = struct.pack(f"<{size}I", *(units.get(place, 0) for place in range(size)))
    return struct.pack("<I", len(array)) + array + bytes(texts)


def lines(rules, texts):
    return normalizers.Precompiled(charsmap(rules)).normalize_str("".join(text + "\n" for text in texts)).split("\n")[:-1]


def classes():
    rules = {"A": "1", "\u0300": "2", "\u00a9": "3", KA: "4"}
    asked = [c for c in CHARACTERS if c not in rules and c not in "\r\n"]

    def holds(text, test, rules=rules, characters=asked):
        """The characters for which `test` is true of the line that `text` gives, x being the character."""
        made = lines(rules, [text.replace("x", c) for c in characters])
        return {c for c, line in zip(characters, made, strict=True) if test(line)}

    joins = holds("Ax", lambda line: line == "1")
    prepends = holds("xA\u0300", lambda line: line.endswith("2"))
    controls = holds("x\u0300" + ACUTE, lambda line: line.endswith("2"))
    pictographs = holds("\u00a9" + JOINER + "x", lambda line: line[1] == JOINER) - joins
    extends = holds("\u00a9x" + JOINER + "\u00a9\u0300", lambda line: line.endswith("2"), characters=sorted(joins))
    linkers = holds(KA + "x" + KA + "\u0300", lambda line: line.endswith("2"), characters=sorted(joins))
    between = holds(KA + VIRAMA + "x" + KA + "\u0300", lambda line: line.endswith("2"), characters=sorted(joins))
    maybe = [chr(point) for point in [*range(0x900, 0x2000), *range(0xA800, 0xAC00)] if chr(point) not in joins]
    seen = {c: "5" for c in maybe} | {"\u0300": "2"}
    consonants = holds(KA + VIRAMA + "x\u0300", lambda line: line.endswith("2"), rules=seen, characters=maybe)
    groups = {
        "CR": "\r", "LF": "\n", "Control": controls, "Extend": (joins & extends | {"\u0300"}) - {JOINER}, "Joiner": JOINER,
        "Regional": map(chr, range(0x1F1E6, 0x1F200)), "Prepend": prepends, "Spacing": joins - extends - {JOINER},
        "Pictograph": pictographs | {"\u00a9"},
    }  # fmt: skip
    groups |= {name: map(chr, points) for name, points in HANGUL.items()}
    values = [0] * 0x110000
    for name, group in groups.items():
        for character in group:
            assert values[ord(character)] == 0, (name, hex(ord(character)))
            values[ord(character)] = CLASSES.index(name)
    for flag, group in (CONSONANT, consonants), (LINKER, linkers), (CONJUNCT_EXTEND, between - linkers):
        for character in group:
            values[ord(character)] += flag
    return two_level("uint8_t", "kGrapheme", values, 7)


def files():
    return {"grapheme_17.inc": NOTE + "// Classes of grapheme clusters: Unicode 17.0.\n" + classes()}
