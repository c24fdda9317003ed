#include "framework/report/timeline.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "framework/core/error.h"
#include "framework/graph/op_def.h"
#include "framework/report/flops.h"

namespace tessera {
namespace {

class Walk {
 public:
  Walk(const Plan& plan, const Rates& rates) : graph_(plan.graph), rates_(rates) {
    for (const PlanStep& step : plan.steps)
      if (!step.view) node(graph_.node(step.node));
    for (size_t i = 0; i < under_way_.size(); ++i) wait(i);
    out_.seconds = now_;
    trace();
    std::stable_sort(out_.waits.begin(), out_.waits.end(),
                     [](const auto& a, const auto& b) { return a.seconds > b.seconds; });
  }
  Timeline result() && { return std::move(out_); }

 private:
  /// A stretch of computing, or a collective; `before` is the event that it had to wait for.
  struct Event {
    std::string axis;  // "": computing
    double seconds = 0, end = 0;
    int before = -1;
  };
  struct Started {
    ValueId value = -1;  // its first result
    std::string axis;
    int event = -1;
    bool waited = false;
  };

  void node(const Node& node) {
    for (ValueId v : node.inputs)
      if (const auto made = started_.find(graph_.value(v).node); made != started_.end())
        wait(made->second);
    if (const auto exchange = exchange_of(graph_, node)) {
      start(node, *exchange);
      if (!node.attrs.has("ticket")) wait(under_way_.size() - 1);  // otherwise at its wait
    } else if (const double flops = flops_of(graph_, node); flops > 0) {
      compute(flops / rates_.flops);
    }
  }

  void compute(double seconds) {
    out_.compute += seconds;
    now_ += seconds;
    events_.push_back({"", seconds, now_, last_});
    last_ = static_cast<int>(events_.size()) - 1;
  }

  void start(const Node& node, const Exchange& exchange) {
    const auto link = rates_.links.find(exchange.axis);
    require(link != rates_.links.end(),
            "there is no link for the mesh axis '{}': state its bandwidth and latency",
            exchange.axis);
    const double seconds = seconds_of(exchange, link->second);
    const auto [lane, first] = lanes_.emplace(exchange.axis, -1);
    const bool busy = lane->second >= 0 && events_[static_cast<size_t>(lane->second)].end > now_;
    const double begin = busy ? events_[static_cast<size_t>(lane->second)].end : now_;
    events_.push_back({exchange.axis, seconds, begin + seconds, busy ? lane->second : last_});
    lane->second = static_cast<int>(events_.size()) - 1;
    out_.axes[exchange.axis].busy += seconds;
    started_[graph_.value(node.outputs[0]).node] = under_way_.size();
    under_way_.push_back({node.outputs[0], exchange.axis, lane->second});
  }

  void wait(size_t i) {
    Started& started = under_way_[i];
    if (std::exchange(started.waited, true)) return;
    const double end = events_[static_cast<size_t>(started.event)].end;
    if (end <= now_) return;
    out_.axes[started.axis].exposed += end - now_;
    out_.waits.push_back({graph_.value(started.value).name, started.axis, end - now_});
    now_ = end;
    last_ = started.event;
  }

  void trace() {
    for (int at = last_; at >= 0; at = events_[static_cast<size_t>(at)].before) {
      const Event& event = events_[static_cast<size_t>(at)];
      (event.axis.empty() ? out_.critical_compute : out_.axes[event.axis].critical) +=
          event.seconds;
    }
  }

  const Graph& graph_;
  const Rates& rates_;
  Timeline out_;
  double now_ = 0;
  int last_ = -1;  // the event that ended at now_
  std::vector<Event> events_;
  std::map<std::string, int> lanes_;  // the last collective of each axis
  std::vector<Started> under_way_;
  // By the node that started it: position in under_way_.
  std::unordered_map<NodeId, size_t> started_;
};

}  // namespace

double seconds_of(const Exchange& exchange, const Link& link) {
  const auto messages =
      static_cast<double>((exchange.ranks - 1) * (exchange.kind == "all_reduce" ? 2 : 1));
  return messages * link.latency +
         bytes_sent(exchange.kind, exchange.ranks, exchange.bytes) / link.bytes_per_second;
}

double Timeline::exposed() const {
  double out = 0;
  for (const auto& [name, axis] : axes) out += axis.exposed;
  return out;
}

void Timeline::add(const Timeline& next, int64_t times) {
  const auto n = static_cast<double>(times);
  seconds += n * next.seconds;
  compute += n * next.compute;
  critical_compute += n * next.critical_compute;
  for (const auto& [name, axis] : next.axes) {
    Axis& mine = axes[name];
    mine.busy += n * axis.busy;
    mine.exposed += n * axis.exposed;
    mine.critical += n * axis.critical;
  }
  for (const Wait& wait : next.waits) waits.push_back({wait.name, wait.axis, n * wait.seconds});
  std::stable_sort(waits.begin(), waits.end(),
                   [](const auto& a, const auto& b) { return a.seconds > b.seconds; });
}

Timeline timeline(const Plan& plan, const Rates& rates) { return Walk(plan, rates).result(); }

}  // namespace tessera
