#include "framework/device/cuda/errors.h"

#include "framework/core/error.h"

namespace tessera::cuda {

const char* remedy_for(cudaError_t status) {
  switch (status) {
    case cudaErrorMemoryAllocation:
      return "make the model or the batch smaller, set device.memory, or end other programs that "
             "use the card (nvidia-smi lists them)";
    case cudaErrorInsufficientDriver:
      return "install an NVIDIA driver for this toolkit; in a container, start it with the cards "
             "(--gpus all)";
    case cudaErrorNoDevice:
      return "no card can be seen: look at nvidia-smi and CUDA_VISIBLE_DEVICES";
    case cudaErrorDevicesUnavailable:
      return "another process holds the card for itself: end that process, or set the card's "
             "compute mode to Default (nvidia-smi -c 0)";
    case cudaErrorSystemNotReady:
      return "the services of the card do not run yet; on machines with NVSwitch start "
             "nvidia-fabricmanager";
    case cudaErrorSystemDriverMismatch:
      return "the driver's library and its kernel module are of different versions: restart the "
             "machine, or load the module again";
    case cudaErrorCompatNotSupportedOnDevice:
      return "the forward-compatibility libraries do not serve this card: remove them from "
             "LD_LIBRARY_PATH, or install a newer driver";
    case cudaErrorNoKernelImageForDevice:
      return "the plug-in was not built for this card: build it with the card's number in "
             "TESSERA_CUDA_ARCHITECTURES";
    case cudaErrorUnsupportedPtxVersion:
      return "the driver is too old to translate the plug-in's code for this card: install a "
             "newer one, or build with the card's number in TESSERA_CUDA_ARCHITECTURES";
    case cudaErrorECCUncorrectable:
    case cudaErrorHardwareStackError:
    case cudaErrorNvlinkUncorrectable:
      return "the card is faulty: look at nvidia-smi -q and the system's log, and use another one";
    case cudaErrorOperatingSystem:
    case cudaErrorNotPermitted:
      return "the system refused: look at the permissions of /dev/nvidia* and at the system's log";
    default:
      return "";
  }
}

void check_cuda(cudaError_t status, const char* doing) {
  if (status == cudaSuccess) [[likely]]
    return;
  const std::string text = fmt::format("CUDA failed at {}: {} ({})", doing,
                                       cudaGetErrorString(status), cudaGetErrorName(status));
  const std::string remedy = remedy_for(status);
  if (!remedy.empty()) throw UserError(text + ": " + remedy);
  throw InternalError(text);
}

}  // namespace tessera::cuda
