#include "launch/same_program.h"

#include <fmt/format.h>

#include "framework/comm/agreement.h"
#include "framework/core/mapped_file.h"
#include "framework/formats/checksum.h"
#include "launch/version.h"

namespace tessera {

void require_same_program(World& world, const Device& device) {
  std::string libraries;
  for (const Fact& library : device.versions())
    libraries += fmt::format(", with {} {}", library.name, library.text);
  const Isa isa = device.profile().isa;
  const MappedFile program("/proc/self/exe");
  require_same(world, "the programs",
               fmt::format("tessera {} of {}, checksum {}{}", version_text(), TESSERA_COMPILER,
                           checksum_text(checksum(program.bytes())), libraries),
               "Copy one build to all hosts, and install the same libraries there");
  const auto least = static_cast<Isa>(-agreed_max(&world, -static_cast<int64_t>(isa)));
  require_same(world, "the instruction sets", fmt::format("device.isa: {}", to_string(isa)),
               fmt::format("Have all ranks use what each of them has: --set device.isa={}",
                           to_string(least)));
}

}  // namespace tessera
