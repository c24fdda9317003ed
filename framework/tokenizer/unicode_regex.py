"""The classes of regular expressions: Oniguruma's in tokenizers, fancy-regex's in tiktoken. Used by make_unicode."""

import functools

import tiktoken
from tokenizers import Regex, normalizers, pre_tokenizers
from unicode_names import BOTH, CATEGORIES, GROUPS, ONE, SCRIPTS
from unicode_tables import CHARACTERS, EVERYTHING, NOTE, array, two_level

BYTES = {bytes([byte]): byte for byte in range(256)}


@functools.cache
def oniguruma(expression, text=EVERYTHING):
    """The characters of a text that an expression matches, as Replace removes them."""
    return set(text) - set(normalizers.Replace(Regex(expression), "").normalize_str(text))


def fancy_regex(expression):
    """The characters that an expression matches: tiktoken leaves out what its expression does not match."""
    encoding = tiktoken.Encoding("probe", pat_str=expression, mergeable_ranks=BYTES, special_tokens={})
    return set(bytes(encoding.encode_ordinary(EVERYTHING)).decode())


def agreed(expression, text=EVERYTHING):
    """The characters that an expression matches in both engines; Oniguruma, which is slow, may be asked about a part."""
    found, other = oniguruma(expression, text), fancy_regex(expression)
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


def properties():
    """A record per kind of character, and what stands in the braces of \\p{}."""
    assigned = "".join(c for c in CHARACTERS if c not in agreed(r"\p{Cn}") and c not in agreed(r"\p{Co}"))
    scripts = [agreed(rf"\p{{{name}}}", assigned) for name in SCRIPTS.values()]
    for short, found in zip(SCRIPTS, scripts):
        assert found == agreed(rf"\p{{{short}}}", assigned), short
    names = [(short, "script", i) for i, short in enumerate(SCRIPTS)]
    names += [(long, "script", i) for i, long in enumerate(SCRIPTS.values()) if long not in SCRIPTS]
    names += [(name, "categories", 1 << i) for i, name in enumerate(CATEGORIES)]
    for name, members in GROUPS.items():
        inside = [i for i, category in enumerate(CATEGORIES) if category in members.split()]
        everything = agreed(rf"\p{{{name}}}")
        assert everything == {c for i in inside for c in agreed(rf"\p{{{CATEGORIES[i]}}}")}, name
        names.append((name, "categories", sum(1 << i for i in inside)))
    flags = [[name, agreed(rf"\p{{{name}}}")] for name in BOTH]
    flags += [[name, {"o": oniguruma, "f": fancy_regex}[name[0]](expression)] for name, expression in ONE.items()]
    assert len(flags) <= 64, len(flags)
    names += [(name, "flag", i) for i, (name, _) in enumerate(flags)]
    bits = [0] * 0x110000
    for i, (_, members) in enumerate(flags):
        for character in members:
            bits[ord(character)] |= 1 << i
    records, values = {}, []
    for record in zip(spread(scripts, len(scripts), len(scripts)), bits):
        values.append(records.setdefault(record, len(records)))
    # A script's number is its place in SCRIPTS; characters of none have the number after the last.
    lines = [f'{{"{name.replace("_", "").lower()}", Property::Kind::{kind}, {value}u}},' for name, kind, value in names]
    return (
        two_level("uint16_t", "kRegexRecord", values, 7, "uint16_t")
        + array("uint8_t", "kRecordScript", [script for script, _ in records])
        + array("uint64_t", "kRecordFlags", [f"{flags:#x}" for _, flags in records])
        + f"const Property kProperties[{len(lines)}] = {{\n"
        + "\n".join(sorted(set(lines)))
        + "\n};\n"
    )


def files():
    return {
        "regex_class_16.inc": NOTE + "// Classes of Oniguruma, fancy-regex and the regex crate: Unicode 16.0.\n" + classes(),
        "regex_property_16.inc": NOTE + "// Properties of Oniguruma and fancy-regex: Unicode 16.0.\n" + properties(),
    }
