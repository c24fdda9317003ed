"""All scalar values, and C++ tables of what is known of them. Used by make_unicode."""

POINTS = [point for point in range(0x110000) if not 0xD800 <= point < 0xE000]
CHARACTERS = [chr(point) for point in POINTS]
EVERYTHING = "".join(CHARACTERS)
NOTE = "// Made by framework/tokenizer/make_unicode.\n"


def array(kind, name, values, width=100):
    """The definition of a C++ array, in lines of at most `width` columns."""
    lines, line = [], ""
    for value in values:
        word = f"{value},"
        if len(line) + len(word) > width:
            lines.append(line)
            line = ""
        line += word
    lines.append(line)
    return f"const {kind} {name}[{len(values)}] = {{\n" + "\n".join(lines) + "\n};\n"


def two_level(kind, name, values, shift, index_kind="uint8_t"):
    """Two arrays: blocks of 2^shift values, each different block once, and the block of every 2^shift code points.

    `values` has one entry for each of the 0x110000 code points.
    """
    size, blocks, index = 1 << shift, {}, []
    for begin in range(0, 0x110000, size):
        block = tuple(values[begin : begin + size])
        index.append(blocks.setdefault(block, len(blocks)))
    if len(blocks) > 256 and index_kind == "uint8_t":
        raise ValueError(f"{name}: {len(blocks)} blocks of {size} are too many for one byte")
    flat = [value for block in blocks for value in block]
    return array(index_kind, f"{name}Index", index) + array(kind, f"{name}Blocks", flat)


