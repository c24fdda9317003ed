// `tessera doctor` says what this machine has, how fast it is, and what is missing.
#include <fmt/format.h>

#include <vector>

#include "framework/assembly/device.h"
#include "framework/core/error.h"
#include "framework/device/plugin_loader.h"
#include "launch/command_line.h"
#include "launch/verbs.h"
#include "launch/version.h"

namespace tessera {
namespace {

void row(std::string_view name, const std::string& text) { fmt::print("{:<13} {}\n", name, text); }

/// What a plug-in says of its devices; that it is not there is no fault of the machine.
void tell_of_plugin(std::string_view name) {
  try {
    for (const Fact& fact : plugin(name).facts()) row(fact.name, fact.text);
  } catch (const UserError& error) {
    row(name, error.what());
  }
}

}  // namespace

int run_doctor(std::span<const std::string> args) {
  const CommandLine line{"doctor",
                         "Says what this machine has (cores, instruction sets, caches, memory, "
                         "libraries), how fast it "
                         "multiplies and copies, and what it misses. Takes about a second.",
                         {},
                         {{"no-measure", "", "leave the measurements out"}},
                         {}};
  const auto given = line.parse(args);
  if (!given) return 0;

  const auto device = make_device({});
  for (const Fact& fact : device->facts()) row(fact.name, fact.text);
  row("tessera",
      fmt::format("{}, built by {} {}", version_text(), TESSERA_COMPILER, TESSERA_BUILD_TYPE));
  for (const Fact& library : device->versions()) row(library.name, library.text);
  for (const std::string_view name : plugin_names()) tell_of_plugin(name);
  if (!given->has("no-measure")) {
    row("f32 matmul", fmt::format("{:.0f} GFLOP/s", device->matmul_gflops(DType::f32)));
    row("bf16 matmul", device->product_type(DType::bf16) == DType::bf16
                           ? fmt::format("{:.0f} GFLOP/s", device->matmul_gflops(DType::bf16))
                           : "not possible here");
    row("memory copy", fmt::format("{:.1f} GB/s", device->copy_gbytes_per_second()));
  }
  const std::vector<std::string> lines = device->misses();
  row("misses", lines.empty() ? "nothing" : lines.front());
  for (size_t i = 1; i < lines.size(); ++i) row("", lines[i]);
  return 0;
}

}  // namespace tessera
