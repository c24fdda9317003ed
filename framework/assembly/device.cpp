#include "framework/assembly/device.h"

#include "framework/config/choices.h"
#include "framework/core/thread_setting.h"
#include "framework/device/cpu/cpu_device.h"
#include "framework/device/cpu/memory.h"
#include "framework/device/plugin_loader.h"

namespace tessera {

std::shared_ptr<Device> make_device(const DeviceConfig& config, int ranks,
                                    std::optional<int64_t> share) {
  CpuSettings settings{.isa = config.isa, .threads = config.threads};
  if (const auto asked = threads_of_environment(); asked && !config.threads) {
    settings.threads = asked;
    settings.threads_from = "OMP_NUM_THREADS";
  }
  if (!settings.threads) settings.threads = share;
  if (const std::string_view type = choice_name(config.type); is_plugin(type)) {
    const Plugin& card = plugin(type);
    PluginSettings asked{.threads = set_up_host(settings)};
    if (config.memory) asked.memory_bytes = static_cast<size_t>(config.memory->bytes);
    return card.make_device(asked);
  }
  settings.memory_bytes = config.memory ? static_cast<size_t>(config.memory->bytes)
                                        : memory_limit() / static_cast<size_t>(ranks);
  return make_cpu_device(settings, cpu_kernels());
}

std::string threads_text(const DeviceConfig& config, const DeviceProfile& profile) {
  const bool environment = !config.threads && threads_of_environment();
  return fmt::format("{} thread{}{}", profile.threads, profile.threads == 1 ? "" : "s",
                     environment ? " (OMP_NUM_THREADS)" : "");
}

}  // namespace tessera
