#!/usr/bin/env python3
"""Runs the named clang-tidy list (.clang-tidy) over every source file that the build knows, except the tests.

tidy.py BUILD_FOLDER [-j N]    A file that passed is not looked at again until it, a header of ours that it includes, or
the list changes (the record lies in BUILD_FOLDER/tidy). Every file is read without the precompiled header, so that it
must include what it uses, and with a plugin (own_code.cpp) that keeps clang-tidy out of foreign headers, where it would
spend two thirds of its time. Where clang's own headers are missing it goes without, slower. Status 1 when something was
found.
"""
import concurrent.futures
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHECKED = ("framework", "models", "launch")
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.M)
PLUGIN = Path(__file__).with_name("own_code.cpp")
PRECOMPILED = re.compile(r" -include \S*cmake_pch\.hxx| -fpch-preprocess| -Winvalid-pch")
# Older ones know neither std::source_location nor captures of structured bindings.
OLDEST = 16


def find_tool():
    for name in ["clang-tidy-16", "clang-tidy"] + [f"clang-tidy-{n}" for n in range(17, 31)]:
        if shutil.which(name):
            version = subprocess.run([name, "--version"], capture_output=True, text=True, check=True).stdout
            if int(re.search(r"version (\d+)", version).group(1)) >= OLDEST:
                return name
    sys.exit(f"tidy.py: no clang-tidy of version {OLDEST} or later; ./launch/install brings it")


def build_plugin(tool, record):
    """The plugin for this version of clang-tidy, built once; None where clang's headers are missing."""
    version = re.search(r"\d+$", tool)
    config = shutil.which(f"llvm-config-{version.group()}" if version else "llvm-config")
    ask = [config, "--includedir"]
    headers = subprocess.run(ask, capture_output=True, text=True, check=True).stdout.strip() if config else ""
    if not (Path(headers) / "clang/AST/ASTConsumer.h").exists():
        print(f"tidy.py: no headers of clang for {tool}, so it takes three times as long (./launch/install --tests)")
        return None
    name = hashlib.sha256(PLUGIN.read_bytes() + tool.encode()).hexdigest()[:16]
    library = record / f"own_code.{name}.so"
    if not library.exists():
        made = library.with_suffix(".new")
        subprocess.run([*shlex.split(os.environ.get("CXX", "c++")), "-std=c++17", "-O1", "-fPIC", "-shared", "-fno-rtti",
                        "-isystem", headers, str(PLUGIN), "-o", str(made)], check=True)
        made.rename(library)
    return library


def reached(path, seen):
    """`path` and every file of this repository that it includes, directly or not."""
    if path not in seen and path.is_file():
        seen.add(path)
        for header in INCLUDE.findall(path.read_text(errors="replace")):
            reached(ROOT / header, seen)
    return seen


def key(path, tool):
    digest = hashlib.sha256(tool.encode())
    for part in [ROOT / ".clang-tidy", Path(__file__), PLUGIN, *sorted(reached(path, set()))]:
        digest.update(part.read_bytes())
    return digest.hexdigest()


def main():
    build = Path(sys.argv[1])
    jobs = int(sys.argv[sys.argv.index("-j") + 1]) if "-j" in sys.argv else os.cpu_count()
    commands = json.loads((build / "compile_commands.json").read_text())
    for command in commands:
        command["command"] = PRECOMPILED.sub("", command["command"])
    commands = list({c["file"]: c for c in reversed(commands)}.values())  # rooms that go into plug-ins are compiled twice
    files = sorted({Path(c["file"]).resolve() for c in commands})
    # Kernels of cards (.cu) are read by two compilers already, and clang takes them for CUDA of its own kind.
    files = [f for f in files if f.is_relative_to(ROOT) and f.relative_to(ROOT).parts[0] in CHECKED and f.suffix != ".cu"]
    if not files:
        sys.exit(f"tidy.py: {build}/compile_commands.json names no source of this repository")
    tool, record = find_tool(), build / "tidy"
    record.mkdir(exist_ok=True)
    (record / "compile_commands.json").write_text(json.dumps(commands))
    options = [tool, "--quiet", "-p", str(record), "--extra-arg=-Wno-unknown-warning-option"]
    plugin = build_plugin(tool, record)
    if plugin:
        options.append(f"--load={plugin.resolve()}")

    def check(path):
        mark = record / key(path, tool)
        if mark.exists():
            return path, True, ""
        result = subprocess.run([*options, str(path)], capture_output=True, text=True, check=False)
        if result.returncode == 0:
            mark.touch()
        return path, result.returncode == 0, result.stdout or result.stderr

    failed = []
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for path, clean, output in pool.map(check, files):
            if not clean:
                failed.append(path)
                print(output.strip(), flush=True)
    if failed:
        print(f"clang-tidy: {len(failed)} of {len(files)} files have findings")
        return 1
    print(f"clang-tidy: {len(files)} files, no findings")
    return 0


if __name__ == "__main__":
    sys.exit(main())
