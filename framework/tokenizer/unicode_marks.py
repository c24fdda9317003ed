"""What tokenizers' own steps hold of a character: white space, digits, punctuation, lower case. Used by make_unicode."""

from tokenizers import normalizers, pre_tokenizers
from unicode_tables import CHARACTERS, NOTE, POINTS, two_level


def cut_off(step):
    """The characters at which a pre-tokenizer cuts, between letters."""
    places = {begin for _, (begin, _) in step.pre_tokenize_str("".join("a" + c for c in CHARACTERS))}
    return {c for i, c in enumerate(CHARACTERS) if 2 * i + 2 in places and c != "a"}


def normalized(step, mark="\n"):
    """What a normalizer makes of every character alone; `mark` is one that it leaves alone, to put between them."""
    lines = step.normalize_str("".join(c + mark for c in CHARACTERS if c != mark)).split(mark)
    return dict(zip((c for c in CHARACTERS if c != mark), lines[:-1], strict=True)) | {mark: mark}


def bert(**options):
    chosen = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
    return normalized(normalizers.BertNormalizer(**(chosen | options)), "|")


def flags(name, *groups):
    values = [0] * 0x110000
    for bit, group in enumerate(groups):
        for character in group:
            values[ord(character)] |= 1 << bit
    return two_level("uint8_t", name, values, 7)


def rust():
    lower = normalized(normalizers.Lowercase())
    assert {c: text for c, text in lower.items() if len(text) != 1} == {"\u0130": "i\u0307"}
    steps = [0] * 0x110000
    for point, character in zip(POINTS, CHARACTERS):
        steps[point] = ord(lower[character][0]) - point if len(lower[character]) == 1 else 0
    spaces = cut_off(pre_tokenizers.WhitespaceSplit())
    numbers = cut_off(pre_tokenizers.Digits(individual_digits=False))
    return flags("kRustFlags", spaces, numbers) + two_level("int32_t", "kLowerCase", steps, 6)


def bert_8():
    clean = bert(clean_text=True)
    controls = {c for c, text in clean.items() if text == ""}
    spaces = {c for c, text in clean.items() if text == " "}
    assert all(c in controls or c in spaces or text == c for c, text in clean.items())
    white = cut_off(pre_tokenizers.WhitespaceSplit())
    assert spaces == white - controls
    cjk = {c for c, text in bert(handle_chinese_chars=True).items() if text == f" {c} "}
    accents = {c for c, text in bert(strip_accents=True).items() if text == ""}
    punctuation = cut_off(pre_tokenizers.Punctuation())
    others = cut_off(pre_tokenizers.BertPreTokenizer())
    assert others == punctuation | white
    return flags("kBertFlags", punctuation, controls, cjk, accents)


def files():
    return {
        "rust_17.inc": NOTE + "// Rust's standard library: Unicode 17.0.\n" + rust(),
        "bert_8.inc": NOTE + "// The steps of BERT: Unicode 8.0.\n" + bert_8(),
    }
