#!/usr/bin/env python3
"""The check itself: a small tree that is right passes, and every kind of violation planted in it is found."""
import tempfile
import unittest
from pathlib import Path

import check
import rules

GOOD = {
    "framework/core/error.h": "#pragma once\n#include <fmt/format.h>\n#include <string>\n",
    "framework/core/threads.cpp": "#include <omp.h>\n#include <sys/mman.h>\n",
    "framework/mesh/box.h": '#pragma once\n#include "framework/core/error.h"\n',
    "framework/graph/graph.h": '#pragma once\n#include "framework/mesh/box.h"\n// exit(1) in a comment, and "abort()"\n',
    "framework/device/kernel.h": '#pragma once\n#include "framework/core/error.h"\n',
    "framework/kernels/cpu/shared/onednn.h": '#pragma once\n#include <oneapi/dnnl/dnnl.hpp>\n#include "hwy/highway.h"\n'
                                      '#include "framework/device/kernel.h"\n',
    "framework/kernels/cpu/simd-inl.h": "#if defined(SIMD_INL_H) == defined(HWY_TARGET_TOGGLE)\n#endif\n",
    "framework/config/yaml.cpp": "#include <yaml-cpp/yaml.h>\n",
    "framework/record/tensorboard.cpp": '#include "framework/record/tensorboard_event.pb.h"\n',
    "launch/main.cpp": '#include "framework/graph/graph.h"\nint main() { std::exit(0); }\n',
    "tests/graph/graph.cpp": '#include <gtest/gtest.h>\n#include "framework/graph/graph.h"\n',
}


class LayeringTest(unittest.TestCase):
    def violations(self, planted=None):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in {**GOOD, **(planted or {})}.items():
                path = Path(folder) / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            return list(check.check(folder))

    def assert_found(self, planted, *words):
        found = self.violations(planted)
        self.assertTrue(any(all(word in line for word in words) for line in found),
                        f"wanted a violation with {words}, found {found}")

    def test_a_good_tree_passes(self):
        self.assertEqual(self.violations(), [])

    def test_an_empty_tree_does_not_pass(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertTrue(list(check.check(folder)))

    def test_rooms(self):
        for name, header in [("framework/core/a.cpp", "framework/mesh/box.h"),
                             ("framework/graph/a.cpp", "framework/device/kernel.h"),
                             ("framework/kernels/cpu/a.cpp", "framework/graph/graph.h"),
                             ("framework/device/a.cpp", "framework/kernels/cpu/shared/onednn.h"),
                             ("framework/mesh/a.cpp", "framework/graph/graph.h")]:
            self.assert_found({name: f'#include "{header}"\n'}, f"{name}:1", "may not include")
        self.assert_found({"framework/core/a.cpp": '#include "tests/graph/graph.cpp"\n'}, "framework/core/a.cpp:1")
        self.assert_found({"framework/core/a.cpp": "#include <framework/mesh/box.h>\n"}, "framework/core/a.cpp:1")

    def test_backends_are_asked_through_the_device(self):
        files = {"framework/device/cpu/memory.h": "#pragma once\n", "framework/device/device.h": "#pragma once\n"}
        for name in ("launch/a.cpp", "bench/a.cpp", "framework/train/a.cpp", "framework/runtime/a.cpp"):
            for header in ("framework/device/cpu/memory.h", "framework/kernels/cpu/shared/onednn.h"):
                self.assert_found({**files, name: f'#include "{header}"\n'}, f"{name}:1", "ask the Device")
            self.assertEqual(self.violations({**files, name: '#include "framework/device/device.h"\n'}), [])
        for name in ("framework/kernels/cpu/a.cpp", "framework/assembly/device.cpp", "tests/device/a.cpp"):
            self.assertEqual(self.violations({**files, name: '#include "framework/device/cpu/memory.h"\n'}), [])

    def test_no_vendor_outside_its_rooms(self):
        for name in ("framework/runtime/a.cpp", "launch/a.cpp", "models/a.cpp", "framework/device/a.cpp"):
            self.assert_found({name: 'bool b = type == "cuda";\n'}, f"{name}:1", "ask the Device")
            self.assertEqual(self.violations({name: "int a;  // unlike CUDA's\n"}), [])
        self.assertEqual(self.violations({"framework/device/cuda/a.cpp": "#include <cuda_runtime_api.h>\n",
                                          "framework/kernels/cuda/a.cpp": '#include "framework/device/cuda/b.h"\n',
                                          "framework/device/cuda/b.h": "#pragma once\n"}), [])
        self.assert_found({"framework/device/a.cpp": '#include "framework/device/cuda/b.h"\n',
                           "framework/device/cuda/b.h": "#pragma once\n"}, "framework/device/a.cpp:1", "may not include")
        self.assert_found({"framework/runtime/a.cpp": "#include <cuda_runtime_api.h>\n"}, "framework/runtime/a.cpp:1")

    def test_unknown_rooms_and_headers(self):
        self.assert_found({"framework/attic/a.cpp": "int a;\n"}, "framework/attic/a.cpp:1", "no known room")
        self.assert_found({"launch/a.cpp": '#include "framework/attic/a.h"\n'}, "launch/a.cpp:1")
        self.assert_found({"launch/a.cpp": '#include "framework/core/none.h"\n'}, "does not exist")
        self.assert_found({"launch/a.cpp": '#include "command_line.h"\n'}, "from the root")

    def test_foreign_headers(self):
        for name, header in [("framework/ops/a.cpp", "oneapi/dnnl/dnnl.hpp"), ("framework/ops/a.cpp", "dnnl.hpp"),
                             ("framework/runtime/a.cpp", "hwy/highway.h"),
                             ("framework/graph/a.cpp", "immintrin.h"), ("framework/kernels/cpu/a.cpp", "omp.h"),
                             ("framework/config/other.cpp", "yaml-cpp/yaml.h"),
                             ("framework/graph/a.cpp", "nlohmann/json.hpp"), ("framework/core/a.cpp", "xxhash.h"),
                             ("framework/train/loop.cpp", "event.pb.h"), ("framework/mesh/a.cpp", "spdlog/spdlog.h"),
                             ("framework/config/a.cpp", "boost/program_options.hpp"),
                             ("framework/core/a.cpp", "gtest/gtest.h"), ("tests/core/a.cpp", "benchmark/benchmark.h"),
                             ("framework/core/a.cpp", "boost/asio.hpp")]:
            self.assert_found({name: f"#include <{header}>\n"}, f"{name}:1")

    def test_exits(self):
        for call in ["exit(1);", "std::exit(1);", "  ::abort();", "if (bad) std::abort();", "std::terminate();",
                     "_exit(2);", "quick_exit(0);"]:
            self.assert_found({"framework/core/a.cpp": f"void f() {{ {call} }}\n"}, "framework/core/a.cpp:1", "ends the process")
        self.assertEqual(self.violations({"framework/core/a.cpp": "void f() { on_exit(); queue.terminate(); }\n"}), [])

    def test_names_and_guards(self):
        for stem in ["graph_impl", "device_manager", "test_utils", "helpers", "common", "Util"]:
            self.assert_found({f"tests/core/{stem}.cpp": "int a;\n"}, stem, "says nothing")
        self.assertEqual(self.violations({"framework/core/community.cpp": "int a;\n"}), [])
        self.assert_found({"framework/core/a.h": "int a;\n"}, "pragma once")

    def test_sizes(self):
        self.assert_found({"framework/core/a.cpp": "\n" * (rules.BUDGET_EVERY + 1)}, "framework/core/a.cpp", "lines")
        self.assert_found({"tests/tool": "#!/bin/bash\n" + "\n" * rules.BUDGET_EVERY}, "tests/tool", "lines")
        half = {f"framework/core/a{i}.cpp": "\n" * (rules.BUDGET_HALF + 1) for i in range(len(GOOD) + 1)}
        self.assert_found(half, "50%")
        tenth = {f"framework/core/a{i}.cpp": "\n" * (rules.BUDGET_NINE_IN_TEN + 1) for i in range(3)}
        self.assert_found(tenth, "90%")

    def test_no_two_types_of_one_name(self):
        def file(text, around="namespace tessera {{ {} }}\n"):
            return around.format(text)
        first = {"framework/core/a.cpp": file("struct Place { int a; };")}
        for text in ["class Place final : public Base { int b; };", "enum class Place : int { here };", "union Place { int a; };",
                     "template <typename T>\nstruct Place {};", "struct alignas(64) [[nodiscard]] Place {};"]:
            self.assert_found({**first, "framework/mesh/b.cpp": file(text)}, "framework/mesh/b.cpp", "a second type tessera::Place",
                              "framework/core/a.cpp:1")
        self.assert_found({**first, "tests/mesh/b.cpp": file("struct Place {};")}, "tests/mesh/b.cpp:1", "tessera::Place")
        simd = "namespace tessera::cpu {{\nnamespace HWY_NAMESPACE {{\n{}\n}}\n}}\n"
        self.assert_found({"framework/kernels/cpu/a.cpp": file("struct Rates {};", simd),
                           "framework/kernels/cpu/b.cpp": file("struct Rates {};", simd)}, "tessera::cpu::HWY_NAMESPACE::Rates")
        for text in ["struct Place;", "namespace { struct Place {}; }", "namespace other { struct Place {}; }", "// struct Place {};",
                     "void f() { struct Place {}; }", "struct Other { struct Place {}; };", 'auto a = "struct Place {";',
                     "struct Place f() { return {}; }", "#define A struct Place {}", "template <> struct Place<int> {};",
                     "enum { place };"]:
            self.assertEqual(self.violations({**first, "framework/mesh/b.cpp": file(f"\n{text}\n")}), [], text)
        self.assertEqual(self.violations({"tests/mesh/a.cpp": "struct Place {};\n", "tests/graph/a.cpp": "struct Place {};\n"}), [])

    def test_docs_lead_somewhere(self):
        page = "[a](../framework/core/error.h#L1) [b](https://x.org/y) `framework/core/error` `framework/core/{error,threads}`\n" \
               "`framework/*/box.h` `framework/<room>/<op>.cpp` `tests/NAME` `launch/main.cpp:2`\n```\n`launch/none` [c](none)\n```\n"
        self.assertEqual(self.violations({"docs/a.md": page, "README.md": "[docs](docs/a.md)\n"}), [])
        self.assert_found({"docs/a.md": "\n[c](none.md)\n"}, "docs/a.md:2", "none.md leads nowhere")
        self.assert_found({"README.md": "see `framework/core/none`\n"}, "README.md:1", "framework/core/none does not exist")
        self.assert_found({"README.md": "see `framework/core/{error,none}.h`\n"}, "framework/core/none.h does not exist")

    def test_link_lists(self):
        def cmake(change):
            lines = {room: f"tessera_room({room} {folder} fmt::fmt {' '.join('tessera_' + o for o in others.split())})"
                     for room, (folder, others) in rules.ROOMS.items()}
            lines.update(change)
            return {"CMakeLists.txt": "\n".join(lines.values()) + "\n"}
        self.assertEqual(self.violations(cmake({})), [])
        self.assert_found(cmake({"mesh": "tessera_room(mesh framework/mesh)"}), "room mesh is linked with nothing")
        self.assert_found(cmake({"data": "tessera_room(data framework/data tessera_graph)"}), "room data is linked with")
        self.assert_found(cmake({"data": ""}), "has no tessera_room line")
        self.assert_found(cmake({"attic": "tessera_room(attic framework/attic)"}), "room attic is not in")
        self.assert_found(cmake({"data": "tessera_room(data framework/date tessera_core)"}), "framework/date here")


if __name__ == "__main__":
    unittest.main()
