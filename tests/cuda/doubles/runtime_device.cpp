// Stand-ins of the functions of the CUDA runtime that the plug-in calls: the part about driver,
// cards and errors.
#include <cuda_runtime_api.h>

#include <cstring>

#include "tests/cuda/doubles/card.h"
#include "tests/cuda/doubles/last_error.h"
#include "tests/cuda/doubles/streams.h"

using namespace tessera::doubles;

namespace {

thread_local cudaError_t last = cudaSuccess;

struct Text {
  cudaError_t error;
  const char *name, *text;
};
constexpr Text kTexts[] = {
    {cudaSuccess, "cudaSuccess", "no error"},
    {cudaErrorInvalidValue, "cudaErrorInvalidValue", "invalid argument"},
    {cudaErrorMemoryAllocation, "cudaErrorMemoryAllocation", "out of memory"},
    {cudaErrorInsufficientDriver, "cudaErrorInsufficientDriver",
     "CUDA driver version is insufficient for CUDA runtime version"},
    {cudaErrorNoDevice, "cudaErrorNoDevice", "no CUDA-capable device is detected"},
    {cudaErrorInvalidDevice, "cudaErrorInvalidDevice", "invalid device ordinal"},
    {cudaErrorLaunchFailure, "cudaErrorLaunchFailure", "unspecified launch failure"},
};

Text text_of(cudaError_t error) {
  for (const Text& text : kTexts)
    if (text.error == error) return text;
  return {error, "cudaErrorOther", "an error that the doubles never give"};
}

cudaError_t visible_cards(int& count) {
  const Settings now = settings();
  if (now.driver < CUDART_VERSION / 1000 * 1000) return cudaErrorInsufficientDriver;
  count = now.cards;
  return now.cards > 0 ? cudaSuccess : cudaErrorNoDevice;
}

cudaError_t check_card(int card) {
  int count = 0;
  const cudaError_t status = visible_cards(count);
  if (status != cudaSuccess) return status;
  return card >= 0 && card < count ? card_error() : cudaErrorInvalidDevice;
}

}  // namespace

cudaError_t tessera::doubles::remember(cudaError_t status) {
  if (status != cudaSuccess) last = status;
  return status;
}

extern "C" {

cudaError_t cudaDriverGetVersion(int* version) {
  *version = settings().driver;
  return cudaSuccess;
}

cudaError_t cudaGetDeviceCount(int* count) {
  *count = 0;
  return remember(visible_cards(*count));
}

cudaError_t cudaSetDevice(int card) { return remember(check_card(card)); }

cudaError_t cudaGetDeviceProperties(cudaDeviceProp* out, int card) {
  *out = {};
  std::strcpy(out->name, "Double of a card");
  return remember(check_card(card));
}

cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr which, int card) {
  const int capability = settings().capability;
  switch (which) {
    case cudaDevAttrComputeCapabilityMajor:
      *value = capability / 10;
      break;
    case cudaDevAttrComputeCapabilityMinor:
      *value = capability % 10;
      break;
    case cudaDevAttrMultiProcessorCount:
      *value = 4;
      break;
    case cudaDevAttrMemoryClockRate:
      *value = 3201000;  // kHz
      break;
    case cudaDevAttrGlobalMemoryBusWidth:
      *value = 6144;
      break;
    default:
      complain("an attribute that the doubles do not know");
      return remember(cudaErrorInvalidValue);
  }
  return remember(check_card(card));
}

const char* cudaGetErrorName(cudaError_t error) { return text_of(error).name; }
const char* cudaGetErrorString(cudaError_t error) { return text_of(error).text; }

cudaError_t cudaGetLastError() {
  const cudaError_t out = last;
  last = card_error();
  return out;
}

cudaError_t cudaPeekAtLastError() { return last; }

}  // extern "C"
