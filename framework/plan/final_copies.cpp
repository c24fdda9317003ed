#include "framework/plan/final_copies.h"

#include <unordered_map>

namespace tessera {
namespace {

class FinalCopies {
 public:
  FinalCopies(const Graph& graph, Storage& storage)
      : graph_(graph), storage_(storage), end_(static_cast<int>(graph.nodes().size())) {
    for (size_t b = 0; b < storage.buffers.size(); ++b)
      if (const SharedText& state = storage.buffers[b].state; !state.empty())
        buffer_of_state_[state] = static_cast<int>(b);
  }

  void run(const std::vector<Port>& moved) {
    for (const Port& port : moved) {
      const auto bytes = static_cast<int64_t>(graph_.value(port.value).type.bytes());
      const int to = state_buffer(port.name, bytes);
      writer_[to] = static_cast<int>(pending_.size());
      pending_.push_back({place(port.value), to, bytes});
    }
    for (const Port& port : graph_.outputs()) storage_.outputs.push_back(output(port));
    sequence();
  }

 private:
  const StoragePlace& place(ValueId v) const { return storage_.values[static_cast<size_t>(v)]; }

  int add_buffer(int64_t bytes, SharedText state, SharedText name) {
    storage_.buffers.push_back({bytes, end_, end_, std::move(state), std::move(name), {}});
    return static_cast<int>(storage_.buffers.size()) - 1;
  }

  int state_buffer(const SharedText& state, int64_t bytes) {
    const auto known = buffer_of_state_.find(state);
    return known != buffer_of_state_.end() ? known->second : add_buffer(bytes, state, state);
  }

  /// The final place of an output; a result that lies in a state about to be overwritten is saved
  /// first.
  StoragePlace output(const Port& port) {
    const StoragePlace at = place(port.value);
    if (port.kind == PortKind::state || !writer_.count(at.buffer)) return at;
    const auto bytes = static_cast<int64_t>(graph_.value(port.value).type.bytes());
    const int saved = add_buffer(bytes, {}, port.name);
    storage_.copies.push_back({at, saved, bytes});
    return {saved, 0};
  }

  /// Orders the moves so that a state is overwritten when nothing reads its old value any more. In
  /// a ring of states one is set aside first.
  void sequence() {
    std::unordered_map<int, int> readers;  // by buffer that is written: moves that still read it
    for (const StorageCopy& move : pending_)
      if (writer_.count(move.from.buffer)) ++readers[move.from.buffer];
    std::vector<bool> done(pending_.size(), false);
    const auto follow = [&](size_t i) {  // takes this move, and those that it sets free
      while (true) {
        const StorageCopy& move = pending_[i];
        storage_.copies.push_back(move);
        done[i] = true;
        const auto freed = readers.find(move.from.buffer);
        if (freed == readers.end() || --freed->second > 0) return;
        i = static_cast<size_t>(writer_.at(move.from.buffer));
      }
    };
    for (size_t i = 0; i < pending_.size(); ++i)
      if (!done[i] && readers[pending_[i].to] == 0) follow(i);
    for (size_t i = 0; i < pending_.size(); ++i) {
      if (done[i]) continue;
      const int state = pending_[i].to;
      const int64_t bytes = storage_.buffers[static_cast<size_t>(state)].bytes;
      const int aside = add_buffer(
          bytes, {}, SharedText(storage_.buffers[static_cast<size_t>(state)].name + " (old)"));
      storage_.copies.push_back({{state, 0}, aside, bytes});
      for (size_t k = 0; k < pending_.size(); ++k)
        if (!done[k] && pending_[k].from.buffer == state) pending_[k].from.buffer = aside;
      readers[state] = 0;
      follow(i);
    }
  }

  const Graph& graph_;
  Storage& storage_;
  int end_;
  std::unordered_map<std::string_view, int> buffer_of_state_;
  std::vector<StorageCopy> pending_;
  std::unordered_map<int, int> writer_;  // buffer of a state -> the move that overwrites it
};

}  // namespace

void add_final_copies(const Graph& graph, const std::vector<Port>& moved, Storage& storage) {
  FinalCopies(graph, storage).run(moved);
}

}  // namespace tessera
