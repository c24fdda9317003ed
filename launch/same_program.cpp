#include "launch/same_program.h"

#include <fmt/format.h>

#include "framework/checkpoint/checksum.h"
#include "framework/comm/agreement.h"
#include "framework/core/mapped_file.h"
#include "framework/kernels/cpu/shared/onednn.h"

namespace tessera {

void require_same_program(World& world, Isa isa) {
  const MappedFile program("/proc/self/exe");
  require_same(world, "the programs",
               fmt::format("tessera {} of {}, checksum {}, with oneDNN {}", TESSERA_VERSION,
                           TESSERA_COMPILER, checksum_text(checksum(program.bytes())),
                           cpu::onednn_version()),
               "Copy one build to all hosts, and install the same libraries there");
  const auto least = static_cast<Isa>(-agreed_max(&world, -static_cast<int64_t>(isa)));
  require_same(world, "the instruction sets", fmt::format("device.isa: {}", to_string(isa)),
               fmt::format("Have all ranks use what each of them has: --set device.isa={}",
                           to_string(least)));
}

}  // namespace tessera
