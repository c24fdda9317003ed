"""Normalization forms and combining marks, as tokenizers' normalizers have them. Used by make_unicode."""

from tokenizers import normalizers
from unicode_marks import normalized
from unicode_tables import CHARACTERS, NOTE, array, two_level

NFD, NFC = normalizers.NFD(), normalizers.NFC()
HANGUL = {chr(point) for point in range(0xAC00, 0xD7A4)}


def lines(step, texts):
    return step.normalize_str("".join(text + "\n" for text in texts)).split("\n")[:-1]


def combining_classes(nfd):
    """Ranks of canonical combining classes, found from what changes places with what; 0 for starters."""
    alone = [c for c in CHARACTERS if c != "\n" and nfd[c] == c]
    late = lines(NFD, ["a\u0345" + c for c in alone])
    early = lines(NFD, ["a" + c + "\u0334" for c in alone])
    marks = [c for c, one, other in zip(alone, late, early) if one != "a\u0345" + c or other != "a" + c + "\u0334"]
    pairs = [(one, other) for one in marks for other in marks]
    swapped = [line[1] != one for line, (one, _) in zip(lines(NFD, ["a" + p + q for p, q in pairs]), pairs)]
    later = dict.fromkeys(marks, 0)  # how many come before the mark
    for (one, _), is_swapped in zip(pairs, swapped):
        later[one] += is_swapped
    ranks = {count: 1 + rank for rank, count in enumerate(sorted(set(later.values())))}
    classes = {mark: ranks[count] for mark, count in later.items()}
    for (one, other), is_swapped in zip(pairs, swapped):
        assert is_swapped == (classes[other] < classes[one]) or one == other
    return classes


def compositions(nfd, nfc):
    """Pairs of characters and what NFC makes of each, Hangul excepted."""
    pairs = {}
    for c, text in nfd.items():
        if len(text) > 1 and nfc[c] == c and c not in HANGUL:
            first = NFC.normalize_str(text[:-1])
            assert len(first) == 1 and NFC.normalize_str(first + text[-1]) == c
            pairs[first, text[-1]] = c
    return pairs


def tables():
    nfd, nfc, nfkd, nfkc = (normalized(step()) for step in (normalizers.NFD, normalizers.NFC, normalizers.NFKD, normalizers.NFKC))
    classes, pairs = combining_classes(nfd), compositions(nfd, nfc)
    stripped = normalized(normalizers.StripAccents())
    seconds = {second for _, second in pairs} | {chr(point) for point in [*range(0x1161, 0x1176), *range(0x11A8, 0x11C3)]}
    values, pool, places = [0] * 0x110000, [0], {"": 0}
    decompositions = {False: [0] * 0x110000, True: [0] * 0x110000}
    combining = [0] * 0x110000
    for c in CHARACTERS:
        point = ord(c)
        tests = nfd[c] != c, nfkd[c] != c, nfc[c] != c, nfkc[c] != c, c in seconds, c in classes, stripped[c] == "" and c != "\n"
        values[point] = sum(1 << bit for bit, test in enumerate(tests) if test)
        combining[point] = classes.get(c, 0)
        if c in HANGUL:
            assert nfkd[c] == nfd[c]
            continue
        for text, by_point in (nfd[c], decompositions[False]), (nfkd[c], decompositions[True]):
            if text != c:
                if text not in places:
                    places[text] = len(pool)
                    pool.extend([len(text), *map(ord, text)])
                by_point[point] = places[text]
    keys = sorted((ord(first), ord(second), ord(c)) for (first, second), c in pairs.items())
    return (
        two_level("uint8_t", "kFormFlags", values, 7)
        + two_level("uint8_t", "kCombiningClass", combining, 7)
        + two_level("uint16_t", "kCanonical", decompositions[False], 6)
        + two_level("uint16_t", "kCompatible", decompositions[True], 6)
        + array("char32_t", "kDecompositions", pool)
        + f"const Composition kCompositions[{len(keys)}] = {{\n"
        + "\n".join("{%d,%d,%d}," % key for key in keys)
        + "\n};\n"
    )


def files():
    return {"normal_form_9.inc": NOTE + "// Normalization forms and combining marks: Unicode 9.0 to 11.0.\n" + tables()}
