"""What README.md and docs/*.md point at exists: relative links, and paths of this repository in backticks.

A path may leave out the ending (`framework/core/log` for log.h and log.cpp), name several (`mpi.{h,cpp}`) or hold `*`;
one with <angle> or CAPITAL placeholders stands for a file of the reader's.
"""
import itertools
import re

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")
QUOTED = re.compile(r"`([^`\s]+)`")
FOLDERS = ("framework/", "models/", "launch/", "tests/", "bench/", "docs/", "configs/")
ENDINGS = ("", ".h", ".cpp", "-inl.h")


def spelled_out(path):
    """`a.{h,cpp}` as a.h and a.cpp."""
    parts = [part[1:-1].split(",") if part.startswith("{") else [part] for part in re.split(r"(\{[^}]*\})", path)]
    return ["".join(choice) for choice in itertools.product(*parts)]


def exists(root, path):
    return any(any(root.glob(path + ending)) if "*" in path else (root / (path + ending)).exists() for ending in ENDINGS)


def check_docs(root):
    for page in [root / "README.md", *sorted((root / "docs").glob("*.md"))]:
        if not page.exists():
            continue
        name, fenced = page.relative_to(root).as_posix(), False
        for number, line in enumerate(page.read_text().splitlines(), 1):
            fenced ^= line.lstrip().startswith("```")
            for link in LINK.findall("" if fenced else line):
                if not re.match(r"[a-z]+:", link) and not (page.parent / link).exists():
                    yield f"{name}:{number}: the link {link} leads nowhere"
            for path in QUOTED.findall("" if fenced else line):
                path = re.sub(r":\d+$", "", path).rstrip("/")
                if path.startswith(FOLDERS) and not re.search(r"[<>$…]|[A-Z]{3}", path):
                    for one in spelled_out(path):
                        if not exists(root, one):
                            yield f"{name}:{number}: {one} does not exist"
