#!/usr/bin/env python3
"""tests/run itself, on a small repository whose tools are stand-ins: which steps run, which are skipped, what it says."""
import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STAND_IN = '#!/bin/bash\necho "ran $(basename "$0") $*"\n! grep -qFf "$FAIL" <<<"$*"\n'


class RunTest(unittest.TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        for name in ["launch/install", "launch/build", "bin/ctest", "bin/clang-format", "bin/python3",
                     "build/asan/tests/test_core", "build/tsan/tests/test_core"]:
            self.write(name, STAND_IN).chmod(0o755)
        for name in ["framework/core/a.cpp", "models/a.cpp", "bench/a.cpp"]:
            self.write(name, "int a;\n")
        self.write("tests/core/a_test.cpp", "int a;\n")
        self.write(".gitignore", "/build/\n/bin/\n/fail\n")
        shutil.copy(ROOT / "tests/run", self.folder / "tests/run")
        self.git("init", "-q")
        self.commit()

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def git(self, *words):
        subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *words], cwd=self.folder, check=True)

    def commit(self):
        self.git("add", "-A")
        self.git("commit", "-qm", "all")

    def run_steps(self, *options, failing=""):
        """Status, output and summary; a stand-in fails whose words stand in `failing`."""
        self.write("fail", failing + "\n" if failing else "")
        environment = {**os.environ, "PATH": f"{self.folder}/bin:{os.environ['PATH']}", "FAIL": str(self.folder / "fail")}
        ended = subprocess.run(["tests/run", *options], cwd=self.folder, env=environment, capture_output=True, text=True)
        return ended.returncode, ended.stdout, ended.stdout.splitlines()[-1]

    def test_all_skips_what_passed_for_the_same_sources(self):
        status, text, summary = self.run_steps("--all", failing="--no-tests=error -R ^ops\\.")
        self.assertEqual(status, 1)
        self.assertIn("FAILED: sanitize_ops;", summary)
        self.assertIn("ran install --all", text)
        status, text, summary = self.run_steps("--all")
        self.assertEqual(status, 0)
        self.assertIn("== tests: skipped", text)
        self.assertIn("== sanitize_kernels: skipped", text)
        self.assertNotIn("== sanitize_ops: skipped", text)
        self.assertIn("ran build asan", text, "a build is never skipped: its files may be gone")
        self.assertIn("tests (before)", summary)

    def test_all_runs_anew_when_anything_changed(self):
        self.run_steps("--all")
        self.write("framework/core/a.cpp", "int b;\n")
        self.assertNotIn("skipped", self.run_steps("--all")[1])
        self.write("framework/core/new.cpp", "int c;\n")
        self.assertNotIn("skipped", self.run_steps("--all")[1])
        self.commit()
        self.assertNotIn("skipped", self.run_steps("--all")[1])

    def test_sanitized_steps_cover_every_room(self):
        lines = [line for line in self.run_steps("--sanitize")[1].splitlines() if line.startswith("ran ctest")]
        rooms = [line.split("-R ")[1].strip("^\\.") for line in lines if " -R " in line]
        rest = [line.split("-E ")[1] for line in lines if " -E " in line]
        self.assertEqual(rest, [f"^({'|'.join(rooms)})\\."])

    def test_the_default_remembers_nothing(self):
        for _ in range(2):
            status, text, summary = self.run_steps()
            self.assertEqual(status, 0)
            self.assertNotIn("skipped", text)
            self.assertIn("passed: build", summary)

    def test_a_failed_build_ends_it(self):
        status, text, summary = self.run_steps(failing="release")
        self.assertEqual(status, 1)
        self.assertIn("FAILED: build", summary)
        self.assertNotIn("ran ctest", text)


if __name__ == "__main__":
    unittest.main()
