"""The classes of regular expressions: Oniguruma's in tokenizers, fancy-regex's in tiktoken. Used by make_unicode."""

import tiktoken
from tokenizers import Regex, normalizers, pre_tokenizers
from unicode_tables import CHARACTERS, EVERYTHING, NOTE, two_level

CATEGORIES = "Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Cs Co Cn".split()
BYTES = {bytes([byte]): byte for byte in range(256)}


def oniguruma(expression):
    """The characters that an expression matches, as Replace removes them."""
    return set(CHARACTERS) - set(normalizers.Replace(Regex(expression), "").normalize_str(EVERYTHING))


def fancy_regex(expression):
    """The characters that an expression matches: tiktoken leaves out what its expression does not match."""
    encoding = tiktoken.Encoding("probe", pat_str=expression, mergeable_ranks=BYTES, special_tokens={})
    return set(bytes(encoding.encode_ordinary(EVERYTHING)).decode())


def agreed(expression):
    """The characters that an expression matches in both engines."""
    found, other = oniguruma(expression), fancy_regex(expression)
    if found != other:
        raise SystemExit(f"{expression}: the engines differ at {sorted(map(ord, found ^ other))[:9]}; make two tables")
    return found


def rust_regex_classes():
    """\\w and \\s of the regex crate, as Whitespace cuts: \\w+ or [^\\w\\s]+ between white space."""
    ends = dict(place for _, place in pre_tokenizers.Whitespace().pre_tokenize_str("".join(f"a{c}a " for c in CHARACTERS)))
    words = {c for i, c in enumerate(CHARACTERS) if ends[4 * i] == 4 * i + 3}
    return words, {c for i, c in enumerate(CHARACTERS) if c not in words and 4 * i + 1 not in ends}


def spread(groups, unlisted, surrogates):
    """One value per code point, from sets of characters that share none."""
    values = [unlisted] * 0x110000
    for value, group in enumerate(groups):
        for character in group:
            assert values[ord(character)] == unlisted
            values[ord(character)] = value
    values[0xD800:0xE000] = [surrogates] * 0x800
    return values


def classes():
    """A byte per code point: the category and three flags, in the order of unicode.h."""
    categories = [agreed(rf"\p{{{name}}}") for name in CATEGORIES]
    values = spread(categories, None, CATEGORIES.index("Cs"))
    assert None not in values
    assert agreed(r"\d") == categories[CATEGORIES.index("Nd")]
    spaces, oniguruma_words, fancy_words = agreed(r"\s"), oniguruma(r"\w"), fancy_regex(r"\w")
    assert rust_regex_classes() == (fancy_words, spaces)
    for flag, members in (32, spaces), (64, oniguruma_words), (128, fancy_words):
        for character in members:
            values[ord(character)] += flag
    return two_level("uint8_t", "kRegexClass", values, 8)


def files():
    return {
        "regex_class_16.inc": NOTE + "// Classes of Oniguruma, fancy-regex and the regex crate: Unicode 16.0.\n" + classes(),
    }
