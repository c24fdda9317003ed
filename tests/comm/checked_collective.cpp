#include "tests/comm/checked_collective.h"

#include <fmt/format.h>

#include <bit>
#include <cstring>
#include <stdexcept>
#include <type_traits>

namespace tessera {
namespace {

using Kind = Collective::Kind;

/// Elements before and after each result, which nothing may touch.
constexpr int64_t kGuard = 3;

uint64_t mixed(uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

template <typename T>
class Typed final : public CheckedCollective {
 public:
  Typed(Communicator& group, const CheckedCall& call) : group_(group), call_(call) {
    const int64_t n = group.size();
    const int64_t in_parts =
        call.kind == Kind::reduce_scatter || call.kind == Kind::all_to_all ? n : 1;
    const int64_t out_parts =
        call.kind == Kind::all_gather || call.kind == Kind::all_to_all ? n : 1;
    Collective started{.kind = call.kind,
                       .dtype = call.dtype,
                       .reduction = call.reduction,
                       .wire = call.wire,
                       .root = call.root,
                       .offset = call.offset,
                       .name = "checked"};
    std::vector<Collective::Piece> pieces;
    for (size_t p = 0; p < call.counts.size(); ++p) {
      std::vector<T>& out = outs_.emplace_back(size_t(out_parts * call.counts[p] + 2 * kGuard));
      for (size_t i = 0; i < out.size(); ++i) out[i] = guard_value();
      std::vector<T>& in = ins_.emplace_back(size_t(in_parts * call.counts[p]));
      for (size_t i = 0; i < in.size(); ++i) in[i] = value(group.rank(), p, int64_t(i));
      T* result = out.data() + kGuard;
      if (call.in_place && !in.empty()) std::memcpy(result, in.data(), in.size() * sizeof(T));
      pieces.push_back({call.in_place ? result : in.data(), result, call.counts[p]});
    }
    started.pieces = std::move(pieces);
    ticket_ = group.start(std::move(started));
  }

  void finish() override {
    group_.wait(ticket_);
    for (size_t p = 0; p < outs_.size(); ++p) {
      const auto size = static_cast<int64_t>(outs_[p].size());
      for (int64_t i = -kGuard; i < size - kGuard; ++i) {
        const bool outside = i < 0 || i >= size - 2 * kGuard;
        const T want = outside ? guard_value() : expected(p, i);
        const T got = outs_[p][size_t(i + kGuard)];
        if (std::memcmp(&want, &got, sizeof(T)) == 0) continue;
        throw std::runtime_error(fmt::format(
            "{} {} over {} on rank {} of {}: piece {} of {} ({} elements), element {}: {} and not "
            "{}",
            to_string(call_.kind), call_.dtype, call_.wire, group_.rank(), group_.size(), p,
            outs_.size(), call_.counts[p], i, static_cast<double>(got), static_cast<double>(want)));
      }
    }
  }

  uint64_t hash() const override {
    uint64_t h = 1;
    for (const std::vector<T>& out : outs_)
      for (const T& element : out) {
        uint64_t bits = 0;
        std::memcpy(&bits, &element, sizeof(T));
        h = mixed(h ^ bits);
      }
    return h;
  }

 private:
  static T guard_value() { return static_cast<T>(77.0F); }

  /// Values have sixteen bits, so that f32 sums are inexact at times and bf16 sums often.
  T value(int rank, size_t piece, int64_t i) const {
    const uint64_t h = mixed(call_.seed * 1000003 + uint64_t(rank) * 7919 + piece * 104729 +
                             uint64_t(i) * 0x9e3779b97f4a7c15u);
    if constexpr (std::is_same_v<T, uint8_t>) {
      return static_cast<T>(h & 1);
    } else if constexpr (std::is_integral_v<T>) {
      return static_cast<T>(int64_t(h >> 44) - (1 << 19));
    } else {
      const double scaled = (double(h >> 40) / (1 << 23) - 1) * (h & 4 ? 1000 : 1);
      return static_cast<T>(static_cast<float>(scaled));
    }
  }

  /// A value as it travels: rounded.
  auto sent(int rank, size_t piece, int64_t i) const {
    const T v = value(rank, piece, i);
    if constexpr (std::is_same_v<T, bfloat16>) {
      return static_cast<float>(v);
    } else if constexpr (std::is_same_v<T, float>) {
      return call_.wire == DType::bf16 ? static_cast<float>(bfloat16(v)) : v;
    } else {
      return v;
    }
  }

  T expected(size_t p, int64_t i) const {
    const int64_t count = call_.counts[p];
    switch (call_.kind) {
      case Kind::all_reduce:
      case Kind::reduce_scatter: {
        const bool scatter = call_.kind == Kind::reduce_scatter;
        const int64_t at = scatter ? group_.rank() * count + i : i;
        auto total = sent(0, p, at);
        for (int r = 1; r < group_.size(); ++r) {
          const auto next = sent(r, p, at);
          if (call_.reduction == Reduction::sum) {
            total = static_cast<decltype(total)>(total + next);
          } else {
            total = next > total ? next : total;
          }
        }
        if (!scatter && call_.wire == DType::bf16)
          return T(static_cast<float>(bfloat16(float(total))));
        return static_cast<T>(total);
      }
      case Kind::all_gather:
        return static_cast<T>(sent(int(i / count), p, i % count));
      case Kind::all_to_all:
        return static_cast<T>(sent(int(i / count), p, group_.rank() * count + i % count));
      case Kind::broadcast:
        return static_cast<T>(sent(call_.root, p, i));
      case Kind::shift: {
        const int n = group_.size(), from = (group_.rank() - call_.offset) % n;
        return static_cast<T>(sent(from < 0 ? from + n : from, p, i));
      }
    }
    return {};
  }

  Communicator& group_;
  CheckedCall call_;
  std::vector<std::vector<T>> ins_, outs_;
  Communicator::Ticket ticket_ = 0;
};

}  // namespace

std::unique_ptr<CheckedCollective> start_checked(Communicator& group, const CheckedCall& call) {
  return dispatch(call.dtype, "test", [&](auto tag) -> std::unique_ptr<CheckedCollective> {
    return std::make_unique<Typed<typename decltype(tag)::type>>(group, call);
  });
}

}  // namespace tessera
