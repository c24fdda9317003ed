#include "framework/train/replica.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "framework/assembly/layouts.h"
#include "framework/comm/agreement.h"
#include "framework/config/mesh_axes.h"
#include "framework/core/error.h"

namespace tessera {

Replica::Replica(const Mesh& mesh, World* world) : world_(world) {
  check(mesh.size() == (world ? world->size() : 1), "a mesh {} in a world of {} ranks",
        to_string(mesh), world ? world->size() : 1);
  if (!world) return;
  const int64_t rank = world->rank();
  std::vector<int64_t> ranks{rank};
  for (size_t a = 0; a < mesh.axes().size(); ++a) {
    const auto axis = static_cast<AxisId>(a);
    if (mesh.name(axis) == kDataAxis.name) {
      number_ = mesh.coordinate(rank, axis);
      count_ = mesh.size(axis);
    } else {
      check(ranks.size() == 1, "a replica is split along one axis, not as {}", to_string(mesh));
      ranks = mesh.group(rank, axis);
      rank_ = mesh.coordinate(rank, axis);
      mesh_ = Mesh({mesh.axes()[a]});
    }
  }
  part_ = std::make_shared<PartWorld>(*world, std::move(ranks));
  const auto& hosts = world->hosts();
  sharers_ = std::count(hosts.begin(), hosts.end(), hosts[static_cast<size_t>(rank)]);
}

std::string Replica::share(std::string text) const {
  return world_ ? broadcast_text(*world_, 0, std::move(text)) : text;
}

std::vector<std::string> Replica::collect(std::string text) const {
  std::vector<std::string> out;
  if (!speaks()) return out;
  const int64_t step = mesh_.size();  // from one replica's first rank to the next one's
  if (!leads()) {
    const int64_t pair[] = {0, number_ * step};
    broadcast_text(world_->group(pair), 1, std::move(text));
    return out;
  }
  out.push_back(std::move(text));
  for (int64_t other = 1; other < count_; ++other) {
    const int64_t pair[] = {0, other * step};
    out.push_back(broadcast_text(world_->group(pair), 1, ""));
  }
  return out;
}

Config of_replica(Config config) {
  config.mesh.dp = 1;
  config.data_parallel = {};
  config.model.dropout = config.model.attention_dropout = 0;  // padded heads allow none
  return config;
}

Compiled compile_for(const Replica& replica, Program program, const Device& device,
                     const Config& config, FitSettings settings) {
  check(mesh_of(config) == replica.place().mesh, "a config of {} for a replica of {}",
        to_string(mesh_of(config)), to_string(replica.place().mesh));
  Compiled compiled = compile(std::move(program), device, replica.place());
  if (!config.device.memory) settings.sharers = replica.sharers();
  require_fits(compiled, device.profile().memory_bytes,
               static_cast<size_t>(config.device.reserve.bytes), settings);
  return compiled;
}

void share_out(const Replica& replica, size_t count, size_t at_a_time,
               const std::function<void(std::span<const size_t> numbers, const GiveResult&)>& work,
               const GiveResult& take) {
  std::vector<size_t> own;
  if (replica.count() == 1) {
    own.resize(count);
    std::iota(own.begin(), own.end(), size_t{0});
    work(own, [&](size_t number, std::string result) {
      if (replica.leads()) take(number, std::move(result));
    });
    return;
  }
  const auto replicas = static_cast<size_t>(replica.count());
  const size_t turn = std::max<size_t>(at_a_time, 1) * replicas;
  for (size_t begin = 0; begin < count; begin += turn) {
    own.clear();
    const size_t end = std::min(count, begin + turn);
    for (size_t i = begin + static_cast<size_t>(replica.number()); i < end; i += replicas)
      own.push_back(i);
    std::map<size_t, std::string> results;
    if (!own.empty())
      work(own, [&](size_t number, std::string result) {
        if (replica.speaks()) results[number] = std::move(result);
      });
    PackedText mine;
    for (const auto& [number, result] : results) mine.add(result);
    const std::vector<std::string> all = replica.collect(std::move(mine).text());
    if (!replica.leads()) continue;
    std::vector<UnpackedText> unpacked(all.begin(), all.end());
    for (size_t i = begin; i < end; ++i) take(i, unpacked[(i - begin) % replicas].next());
  }
}

}  // namespace tessera
