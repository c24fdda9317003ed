"""Types of one name: no namespace may hold two classes or enums of the same name in two files that end in one program.

The linker would take either one's functions for both, without a word (C++ calls it a breach of the one-definition rule).
Types in unnamed namespaces and in function bodies belong to their file alone and may be called anything. Types within
types are as unique as the type around them.
"""
import re

TOKENS = re.compile(r'''
    //[^\n]* | /\*.*?\*/ | R"(?P<mark>[^()\s\\]{0,16})\(.*?\)(?P=mark)" | "(?:[^"\\\n]|\\.)*" | (?<![0-9A-Fa-f])'(?:[^'\\\n]|\\.)+'
    | ^[ \t]*\#(?:[^\n\\]|\\.|\\\n)* | (?P<word>[A-Za-z_]\w*) | (?P<sign>::|[{};()<>=:,&*\[\]]) | (?P<line>\n)
    ''', re.X | re.S | re.M)


def tokens(text):
    """(word or sign, line) of C++ text, without comments, literals and the preprocessor's lines."""
    line = 1
    for match in TOKENS.finditer(text):
        if match["word"] or match["sign"]:
            yield match[0], line
        line += match[0].count("\n")


def scope_of(head):
    """What an opening brace begins, by the tokens since the last `;` or brace: ('namespace' | 'type' | 'other', name)."""
    words = re.sub(r"\[ \[ .*? \] \] |alignas \( (?:.*? )?\) ", "", " ".join([word for word, _ in head] + [""])).split()
    while words[:1] == ["template"]:
        words = after_angles(words[1:])
    while words and words[0] in ("inline", "typedef", "static", "const", "constexpr"):
        words = words[1:]
    if words[:1] == ["namespace"]:
        return "namespace", "".join(words[1:])
    if words[:1] == ["enum"]:
        words = words[1:] if words[1:2] in (["class"], ["struct"]) else words
    elif words[:1] not in (["class"], ["struct"], ["union"]):
        return "other", ""
    name, rest = "", words[1:]
    while rest and (re.match(r"[A-Za-z_]", rest[0]) or rest[0] == "::"):
        if rest[0] == "::" or name.endswith("::"):
            name += rest[0]
        elif rest[0] != "final":
            name = rest[0]
        rest = rest[1:]
    if "(" in rest:
        return "other", ""  # a function that returns a struct
    if rest[:1] == ["<"]:  # a specialization is told from others by its arguments
        end = len(rest) - len(after_angles(rest))
        name += "".join(rest[:end])
    return "type", name


def after_angles(words):
    depth = 0
    for i, word in enumerate(words):
        depth += (word == "<") - (word == ">")
        if depth == 0:
            return words[i + 1:]
    return []


def types_of(text):
    """(namespace::name, line) of every class and enum that `text` defines in a named namespace or in none."""
    scopes, head = [], []
    for token, line in tokens(text):
        if token == "{":
            kind, name = scope_of(head)
            if kind == "type" and name and all(k == "namespace" and n for k, n in scopes):
                yield "::".join([n for _, n in scopes] + [name]), line
            scopes.append((kind, name))
            head = []
        elif token == "}":
            if scopes:
                scopes.pop()
            head = []
        elif token == ";":
            head = []
        else:
            head.append((token, line))


def program_of(name):
    """Which program a file ends in: the tests of each room are one, and contain what all others are built of."""
    parts = name.split("/")
    return parts[1] if parts[0] == "tests" and len(parts) > 2 else name if parts[0] == "bench" else ""


def check_types(files):
    """Violations of `files`, (name, lines) each."""
    found = {}
    for name, lines in files:
        if name.endswith((".h", ".cpp")):
            for type_name, line in types_of("\n".join(lines)):
                found.setdefault(type_name, []).append((program_of(name), name, line))
    for type_name, places in sorted(found.items()):
        for i, (program, name, line) in enumerate(places):
            for other, first, first_line in places[:i]:
                if (program == other or not program or not other) and (name, line) != (first, first_line):
                    yield f"{name}:{line}: a second type {type_name}; the first is at {first}:{first_line}"
                    break
