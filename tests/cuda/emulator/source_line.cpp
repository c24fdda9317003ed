#include "tests/cuda/emulator/source_line.h"

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <map>

extern "C" char __executable_start;  // NOLINT: the linker defines this name

namespace tessera::emulator {

std::string source_line(uintptr_t address) {
  static std::map<uintptr_t, std::string> known;
  if (const auto found = known.find(address); found != known.end()) return found->second;
  // Tests are linked without -pie: addresses are those of the file. Binutils come with g++.
  const std::string command =
      fmt::format("exec addr2line -i -s -e /proc/{}/exe {:#x} 2>&1", getpid(), address - 1);
  std::string lines;
  if (std::FILE* pipe = popen(command.c_str(), "r")) {
    std::array<char, 256> text{};
    while (std::fgets(text.data(), text.size(), pipe)) {
      const std::string line(text.data());
      if (!lines.empty()) lines += " in ";
      lines += line.substr(0, line.find_first_of(" \n"));
    }
    pclose(pipe);
  }
  if (lines.empty() || lines[0] == '?') lines = fmt::format("{:#x}", address);
  return known[address] = lines;
}

}  // namespace tessera::emulator
