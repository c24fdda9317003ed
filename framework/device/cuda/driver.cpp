#include "framework/device/cuda/driver.h"

#include <cuda_runtime_api.h>

#include "framework/core/error.h"
#include "framework/device/cuda/errors.h"

namespace tessera::cuda {
namespace {

/// "13.0" for 13000.
std::string version(int number) { return fmt::format("{}.{}", number / 1000, number % 1000 / 10); }

std::string card_text(int number) {
  const Card card = look_at_card(number);
  return fmt::format("{}, {:.1f} GiB free, compute capability {}, {} multiprocessors, {:.0f} GB/s",
                     card.model, static_cast<double>(card.free_bytes) / 0x1p30,
                     capability_text(card.compute_capability), card.multiprocessors,
                     card.bytes_per_second * 1e-9);
}

}  // namespace

int require_cards() {
  int driver = 0;
  check_cuda(cudaDriverGetVersion(&driver), "asking for the driver's version");
  require(driver > 0,
          "device.type: cuda needs an NVIDIA driver, and this machine has none (libcuda.so.1 is "
          "missing): install it, or in a container start that with the cards (--gpus all)");
  require(driver / 1000 >= CUDART_VERSION / 1000,
          "device.type: cuda: the NVIDIA driver of this machine is too old: it runs programs of "
          "CUDA {}, and Tessera was built with CUDA {}. Install a newer driver, or build Tessera "
          "with a toolkit of CUDA {} (docs/cuda.md)",
          version(driver), version(CUDART_VERSION), driver / 1000);
  int cards = 0;
  const cudaError_t status = cudaGetDeviceCount(&cards);
  require(status != cudaErrorNoDevice && !(status == cudaSuccess && cards == 0),
          "device.type: cuda: the NVIDIA driver shows this process no card: look at nvidia-smi "
          "and at CUDA_VISIBLE_DEVICES");
  check_cuda(status, "counting the cards");
  return cards;
}

std::string capability_text(int compute_capability) {
  return fmt::format("{}.{}", compute_capability / 10, compute_capability % 10);
}

Card look_at_card(int number) {
  cudaDeviceProp properties{};
  check_cuda(cudaGetDeviceProperties(&properties, number), "asking what the card is");
  check_cuda(cudaSetDevice(number), "taking the card");
  size_t free = 0, total = 0;
  check_cuda(cudaMemGetInfo(&free, &total), "asking for the card's free memory");
  const auto ask = [&](cudaDeviceAttr which) {
    int value = 0;
    check_cuda(cudaDeviceGetAttribute(&value, which, number), "asking what the card is");
    return value;
  };
  constexpr double kTransfersPerClock = 2, kBitsPerByte = 8, kHertzPerKilohertz = 1e3;
  return {.model = properties.name,
          .free_bytes = free,
          .compute_capability =
              10 * ask(cudaDevAttrComputeCapabilityMajor) + ask(cudaDevAttrComputeCapabilityMinor),
          .multiprocessors = ask(cudaDevAttrMultiProcessorCount),
          .bytes_per_second = kTransfersPerClock * kHertzPerKilohertz *
                              ask(cudaDevAttrMemoryClockRate) *
                              ask(cudaDevAttrGlobalMemoryBusWidth) / kBitsPerByte};
}

std::vector<Fact> driver_facts() {
  std::vector<Fact> facts;
  try {
    const int cards = require_cards();
    int driver = 0;
    check_cuda(cudaDriverGetVersion(&driver), "asking for the driver's version");
    facts.push_back({"cuda", fmt::format("built with CUDA {}, driver for CUDA {}",
                                         version(CUDART_VERSION), version(driver))});
    for (int card = 0; card < cards; ++card)
      facts.push_back({fmt::format("card {}", card), card_text(card)});
  } catch (const UserError& error) {
    facts.push_back({"cuda", error.what()});
  }
  return facts;
}

}  // namespace tessera::cuda
