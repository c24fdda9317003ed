// The plug-in's one exported function.
#include "framework/device/plugin.h"

#include "framework/device/cuda/cuda_device.h"
#include "framework/device/cuda/driver.h"
#include "framework/device/interface_id.h"
#include "framework/kernels/cuda/library.h"

extern "C" [[gnu::visibility("default")]] const tessera::Plugin* tessera_plugin() {
  static const tessera::Plugin plugin{.interface_id = tessera::interface_id(),
                                      .kernels = &tessera::cuda::cuda_kernels(),
                                      .make_device =
                                          +[](const tessera::PluginSettings& settings) {
                                            return tessera::cuda::make_cuda_device(
                                                settings, tessera::cuda::cuda_kernels());
                                          },
                                      .facts = &tessera::cuda::driver_facts};
  return &plugin;
}
