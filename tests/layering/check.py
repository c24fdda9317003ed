#!/usr/bin/env python3
"""Checks a source tree against rules.py: who includes whom, foreign headers, exits, names, file
sizes; no two types of one name; and where docs lead.

check.py [ROOT]    prints one line per violation, `file:line: what and why`; status 1 when there is one.
"""
import re
import sys
from pathlib import Path

import doc_links
import rules
import type_names

SOURCE = {".h", ".hpp", ".cpp", ".cc", ".cu", ".cuh"}
SCRIPT = {".py", ".sh", ""}
TOP = ("framework", "models", *rules.OPEN_FOLDERS)
INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')
LINK = re.compile(r"^\s*tessera_room\(\s*(\w+)\s+([^\s)]+)([^)]*)\)", re.M)
EXIT = re.compile(r"(?<![\w.>])(?:std::|::)?(?:_?exit|quick_exit|_Exit|abort|terminate)\s*\(")


def files_of(root):
    """Every hand-written file under the folders of the architecture, as (path from the root, lines)."""
    for top in TOP:
        for path in sorted((root / top).rglob("*")):
            if not path.is_file() or "__pycache__" in path.parts:
                continue
            if path.suffix in SOURCE | SCRIPT:
                text = path.read_bytes()
                if path.suffix or text.startswith(b"#!"):
                    name = path.relative_to(root).as_posix()
                    yield name, text.decode("utf-8", "replace").splitlines()


def room_of(name):
    """The room that a file or header belongs to, or None outside the rooms. Of rooms in rooms the inner one."""
    inside = [(len(folder), room) for room, (folder, _) in rules.ROOMS.items() if name.startswith(folder + "/")]
    return max(inside)[1] if inside else None


def allowed(room):
    return {room, *rules.ROOMS[room][1].split()}


def check_include(name, header, quoted):
    """What is wrong with `name` including `header`, or None."""
    for pattern, places in rules.FOREIGN.items():
        if re.fullmatch(pattern, header):
            return None if re.fullmatch(places, name) else f"{header} belongs in {places} only"
    if not header.startswith(tuple(t + "/" for t in TOP)):
        if quoted:
            return f'"{header}" is not written from the root of the repository'
        if "/" in header and not header.startswith(rules.SYSTEM_FOLDERS):
            return f"<{header}> is not in the table of foreign headers (tests/layering/rules.py)"
        return None
    here, there = room_of(name), room_of(header)
    if there is None:
        if not header.startswith(tuple(t + "/" for t in rules.OPEN_FOLDERS)):
            return f"{header} is in no known room (tests/layering/rules.py)"
        return f"room {here} may not include {header}" if here is not None else None
    if here is not None and there not in allowed(here):
        return f"room {here} may not include room {there} ({header})"
    for pattern, places in rules.INNER.items():
        if re.fullmatch(pattern, header) and not re.fullmatch(places, name):
            return f"{header} is for {places} alone: ask the Device"
    return None


def strip_text(line):
    """A line without its comment and string literals."""
    return re.sub(r'//.*|"(?:[^"\\]|\\.)*"', "", line)


def check_file(root, name, lines):
    stem = Path(name).stem
    if re.search(rules.EMPTY_NAMES, stem):
        yield f"{name}:1: the name '{stem}' says nothing about what the file holds"
    if len(lines) > rules.BUDGET_EVERY:
        yield f"{name}:{rules.BUDGET_EVERY}: {len(lines)} lines; no file may have more than {rules.BUDGET_EVERY}"
    if Path(name).suffix not in SOURCE:
        return
    if name.startswith("framework/") and room_of(name) is None:
        yield f"{name}:1: in no known room (tests/layering/rules.py)"
    # Highway's -inl.h files are read once for every instruction set and guard themselves.
    if name.endswith(".h") and not name.endswith("-inl.h") and not any(line.startswith("#pragma once") for line in lines):
        yield f"{name}:1: a header without #pragma once"
    for number, line in enumerate(lines, 1):
        include = INCLUDE.match(line)
        if name.startswith(("framework/", "models/", "launch/")):
            for pattern, places in rules.VENDOR.items():
                word = re.search(pattern, re.sub(r"//.*", "", line))
                if word and not re.fullmatch(places, name):
                    yield f"{name}:{number}: '{word[0]}' belongs in {places} only: ask the Device"
        if include:
            quoted = include.group(1) is not None
            header = include.group(1) or include.group(2)
            problem = check_include(name, header, quoted)
            if problem:
                yield f"{name}:{number}: {problem}"
            elif quoted and header.startswith(tuple(t + "/" for t in TOP)) and not header.endswith(".pb.h") \
                    and not (root / header).exists():
                yield f"{name}:{number}: {header} does not exist"
        elif name.startswith(("framework/", "models/")) and EXIT.search(strip_text(line)):
            yield f"{name}:{number}: ends the process; throw UserError or InternalError"


def check_budget(sizes):
    """Half of all files and nine in ten stay within their budgets."""
    ordered = sorted(sizes)
    for share, budget in ((0.5, rules.BUDGET_HALF), (0.9, rules.BUDGET_NINE_IN_TEN)):
        size = ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0
        if size > budget:
            yield f"the file at {share:.0%} of all {len(ordered)} by size has {size} lines; the budget is {budget}"


def check_links(root):
    """The link lists of CMakeLists.txt say what the table says."""
    cmake = root / "CMakeLists.txt"
    if not cmake.exists():
        return
    linked = {}
    for room, folder, rest in LINK.findall(cmake.read_text()):
        linked[room] = (folder, [word[len("tessera_"):] for word in rest.split() if word.startswith("tessera_")])
    for room, (folder, others) in linked.items():
        if room not in rules.ROOMS:
            yield f"CMakeLists.txt: room {room} is not in tests/layering/rules.py"
            continue
        if folder != rules.ROOMS[room][0]:
            yield f"CMakeLists.txt: room {room} is {folder} here and {rules.ROOMS[room][0]} in tests/layering/rules.py"
        reached, todo = {room}, list(others)
        while todo:
            other = todo.pop()
            if other not in reached:
                reached.add(other)
                todo.extend(linked.get(other, ("", []))[1])
        if reached != allowed(room):
            yield (f"CMakeLists.txt: room {room} is linked with {', '.join(sorted(reached - {room})) or 'nothing'}; "
                   f"tests/layering/rules.py says {', '.join(sorted(allowed(room) - {room})) or 'nothing'}")
    for room in rules.ROOMS.keys() - linked.keys():
        yield f"CMakeLists.txt: room {room} of tests/layering/rules.py has no tessera_room line"


def check(root):
    """All violations of the tree at `root`, as lines of text."""
    root, sizes = Path(root), []
    for name, lines in files_of(root):
        sizes.append(len(lines))
        yield from check_file(root, name, lines)
    if not sizes:
        yield f"{root}: no source files found"
    yield from check_budget(sizes)
    yield from check_links(root)
    yield from type_names.check_types(files_of(root))
    yield from doc_links.check_docs(root)


def main():
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[2]
    violations = list(check(root))
    for violation in violations:
        print(violation)
    if not violations:
        sizes = sorted(len(lines) for _, lines in files_of(root))
        print(f"{len(sizes)} files: layering, names and sizes are as they should be "
              f"(half ≤ {sizes[len(sizes) // 2]} lines, nine in ten ≤ {sizes[len(sizes) * 9 // 10]}, largest {sizes[-1]})")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
