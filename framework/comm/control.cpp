#include "framework/comm/control.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <numeric>
#include <optional>
#include <thread>

#include "framework/comm/awake_clock.h"
#include "framework/comm/line.h"
#include "framework/comm/pulse.h"
#include "framework/comm/warnings.h"
#include "framework/core/error.h"
#include "framework/core/thread.h"

namespace tessera {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kBeat{1};
/// The longest wait for another rank: to read what is sent to it, to tell the verdict, to leave.
constexpr std::chrono::seconds kPatience{2};

double steady_seconds() {
  return std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
}

}  // namespace

class Control::Channel {
 public:
  Channel(Options options, std::unique_ptr<ControlListener> listener, const ControlAddress& address)
      : options_(std::move(options)),
        listener_(std::move(listener)),
        key_(address.key),
        bell_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
        awake_(steady_seconds()),
        watch_(options_.hosts, watched(), options_.limits, now()),
        warnings_(options_.hosts) {
    if (!listener_) reach(address);
    thread_ = start_thread([this] { run(); });
  }
  ~Channel() {
    {
      const std::lock_guard lock(mutex_);
      leaving_ = true;
    }
    ring();
    thread_.join();
  }

  /// Passes a line on to rank 0; any thread may call post().
  void post(std::string line) {
    {
      const std::lock_guard lock(mutex_);
      posted_.push_back(std::move(line));
    }
    ring();
  }
  /// Waits until the run is over here: rank 0 tells all ranks, also the one that failed.
  void wait_until_over() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kPatience, [&] { return told_; });
  }
  bool told_by_leader() const { return leader_knows_; }

 private:
  /// The ranks that this rank watches: rank 0 watches all others, and these watch rank 0.
  std::vector<int> watched() const {
    if (!listener_) return {0};
    std::vector<int> others(options_.hosts.size() - 1);
    std::iota(others.begin(), others.end(), 1);
    return others;
  }
  void ring() const {
    const uint64_t one = 1;
    [[maybe_unused]] const ssize_t n = write(bell_.number(), &one, sizeof(one));
  }

  const Pulse& pulse() const { return listener_ ? listener_->pulse() : *pulse_; }
  /// Seconds awake. Only the channel's thread calls now() once the thread has started.
  double now() { return awake_.at(steady_seconds()); }

  void reach(const ControlAddress& address);
  void run();
  void wait_for_news();
  void accept_all();
  void read(Line& line);
  void understand(Line& line, const std::string& text);
  /// Handles what a rank says of itself; rank 0 also hears itself.
  void hear(int rank, std::string_view text);
  /// Handles a message of "group", its number and its ranks.
  void note_group(const std::vector<std::string_view>& fields);
  void pass_on_posted();
  void send_beats();
  void print(const std::vector<std::string>& warnings) const;
  void conclude();
  void leave();
  void flush_all();

  Options options_;
  std::unique_ptr<ControlListener> listener_;
  std::optional<Pulse> pulse_;  // on all ranks but 0
  uint64_t key_;
  Descriptor bell_;
  AwakeClock awake_;
  Watch watch_;
  Warnings warnings_;
  std::list<Line> lines_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> posted_;
  bool told_ = false, leaving_ = false;
  bool over_ = false;  // the thread's own
  std::atomic<bool> leader_knows_ = false;
  std::thread thread_;
};

void Control::Channel::reach(const ControlAddress& address) {
  std::string tried;
  for (uint16_t i = 0; i < std::min<size_t>(address.count, ControlAddress::kMost); ++i) {
    tried += (i > 0 ? ", " : "") + address_text(address.addresses[i]);
    Descriptor file = connect_to(address.addresses[i], address.port);
    if (!file.open()) continue;
    Line& line = lines_.emplace_back(std::move(file));
    line.send(fmt::format("hello\t{}\t{}", options_.rank, key_));
    std::string answer;
    pollfd ready{line.file(), POLLIN, 0};
    while (!line.broken() && poll(&ready, 1, 5000) == 1) {
      line.receive();
      if (line.take(answer)) break;
    }
    if (answer == fmt::format("welcome\t{}", key_)) {
      line.rank = 0;
      pulse_.emplace(key_, options_.rank, address.addresses[i], address.pulse_port);
      return;
    }
    lines_.clear();
  }
  user_error(
      "rank {} ({}) cannot reach rank 0 ({}) for the control channel: tried port {} of {}; is "
      "there a "
      "firewall between the hosts?",
      options_.rank, options_.hosts[static_cast<size_t>(options_.rank)], options_.hosts[0],
      address.port, tried);
}

void Control::Channel::run() {
  double beaten = 0;
  for (;;) {
    wait_for_news();
    for (Line& line : lines_) read(line);
    pass_on_posted();
    if (now() - beaten >= static_cast<double>(kBeat.count())) {
      send_beats();
      beaten = now();
    }
    if (!over_) watch_.tick(now());
    print(watch_.take_warnings());
    print(warnings_.take(now()));
    conclude();
    lines_.remove_if([](const Line& line) { return line.broken(); });
    const std::lock_guard lock(mutex_);
    told_ = over_;
    changed_.notify_all();
    if (leaving_) break;
  }
  leave();
}

void Control::Channel::wait_for_news() {
  std::vector<pollfd> files{{bell_.number(), POLLIN, 0}, {pulse().file(), POLLIN, 0}};
  if (listener_) files.push_back({listener_->file(), POLLIN, 0});
  for (const Line& line : lines_)
    files.push_back(
        {line.file(), static_cast<int16_t>(POLLIN | (line.sending() ? POLLOUT : 0)), 0});
  poll(files.data(), files.size(), 250);
  uint64_t rings = 0;
  [[maybe_unused]] const ssize_t n = ::read(bell_.number(), &rings, sizeof(rings));
  if (listener_) accept_all();
  for (const int rank : pulse().receive())
    if (rank >= 0 && rank < static_cast<int>(options_.hosts.size())) watch_.heard(rank, now());
  for (Line& line : lines_) line.flush();
}

void Control::Channel::accept_all() {
  for (;;) {
    Descriptor file(accept4(listener_->file(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!file.open()) return;
    lines_.emplace_back(std::move(file));
  }
}

void Control::Channel::read(Line& line) {
  line.receive();
  std::string text;
  while (line.take(text)) {
    try {
      understand(line, text);
    } catch (const InternalError&) {  // from a stranger, or a line that makes no sense
      if (line.rank >= 0) watch_.closed(line.rank);
      line.rank = -1;
      shutdown(line.file(), SHUT_RDWR);
    }
  }
  if (line.broken() && line.rank >= 0) watch_.closed(line.rank);
}

void Control::Channel::understand(Line& line, const std::string& text) {
  if (line.rank < 0) {
    const std::vector<std::string_view> fields = fields_of(text);
    check(listener_ && fields.size() == 3 && fields[0] == "hello" &&
              fields[2] == std::to_string(key_),
          "a stranger");
    const int64_t rank = integer_of(fields[1]);
    check(rank > 0 && rank < static_cast<int64_t>(options_.hosts.size()), "no such rank");
    line.rank = static_cast<int>(rank);
    line.send(fmt::format("welcome\t{}", key_));
    watch_.heard(line.rank, now());
    if (over_) line.send("over\t" + to_field(*watch_.verdict()));
    return;
  }
  hear(line.rank, text);
}

void Control::Channel::hear(int rank, std::string_view text) {
  watch_.heard(rank, now());
  const std::vector<std::string_view> fields = fields_of(text);
  if (fields[0] == "beat") {
    watch_.beat(rank, parse_beat(text), now());
  } else if (fields[0] == "group" && fields.size() > 2) {
    note_group(fields);
  } else if ((fields[0] == "fail" || fields[0] == "over") && fields.size() == 2) {
    if (fields[0] == "over") leader_knows_ = true;
    watch_.failed(rank, from_field(fields[1]));
  } else if (fields[0] == "warn" && fields.size() == 2 && listener_) {
    warnings_.add(rank, from_field(fields[1]), now());
  } else {
    check(fields[0] == "bye", "no message: '{}'", text);
    watch_.left(rank);
    for (Line& line : lines_) line.gone = line.gone || line.rank == rank;
  }
}

void Control::Channel::note_group(const std::vector<std::string_view>& fields) {
  std::vector<int> ranks;
  for (size_t i = 2; i < fields.size(); ++i)
    ranks.push_back(static_cast<int>(integer_of(fields[i])));
  for (const int member : ranks)
    check(member >= 0 && member < static_cast<int>(options_.hosts.size()), "no such rank");
  watch_.group(static_cast<uint64_t>(integer_of(fields[1])), std::move(ranks));
}

void Control::Channel::pass_on_posted() {
  std::vector<std::string> posted;
  {
    const std::lock_guard lock(mutex_);
    posted.swap(posted_);
  }
  for (const std::string& text : posted) {
    if (listener_) {
      hear(0, text);
    } else if (!lines_.empty()) {
      lines_.front().send(text);
      if (const auto fields = fields_of(text); fields[0] == "group") note_group(fields);
    } else if (const auto fields = fields_of(text); fields[0] == "warn") {
      options_.warn(from_field(fields[1]));
    }
  }
  if (!posted.empty()) flush_all();
}

void Control::Channel::send_beats() {
  if (over_) return;
  const Beat beat = options_.beat();
  if (listener_) {
    watch_.beat(0, beat, now());
  } else {
    watch_.progress(options_.rank, beat, now());
    pulse().beat();
  }
  const std::string text = listener_ ? to_line(Beat{}) : to_line(beat);
  for (Line& line : lines_)
    if (line.rank >= 0) line.send(text);
}

void Control::Channel::print(const std::vector<std::string>& warnings) const {
  for (const std::string& warning : warnings) options_.warn(warning);
}

void Control::Channel::conclude() {
  if (over_ || !watch_.verdict()) return;
  over_ = true;
  if (listener_) leader_knows_ = true;
  // Tells the others first: this rank may be gone soon after the call of `over`.
  if (listener_) {
    for (Line& line : lines_)
      if (line.rank >= 0) line.send("over\t" + to_field(*watch_.verdict()));
    flush_all();
  }
  std::string cause = *watch_.verdict();
  if (!leader_knows_)
    if (const Beat beat = options_.beat(); beat.group != 0)
      cause += fmt::format("; rank {} ({}) waits for {}", options_.rank,
                           options_.hosts[static_cast<size_t>(options_.rank)], beat.title);
  options_.over(cause);
}

void Control::Channel::flush_all() {
  const Clock::time_point end = Clock::now() + kPatience;
  const auto sending = [](const Line& line) { return line.sending(); };
  while (Clock::now() < end && std::ranges::any_of(lines_, sending)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    for (Line& line : lines_) line.flush();
  }
}

void Control::Channel::leave() {
  const auto say_bye = [&] {
    for (Line& line : lines_)
      if (line.rank >= 0) line.send("bye");
    flush_all();
  };
  if (!listener_ || !over_) say_bye();
  if (!listener_ && !over_) return;
  // Other ranks may have warnings left. After a failure all end together, rank 0 last: as soon as
  // one rank is gone, mpirun kills the others, even before they have spoken.
  const Clock::time_point end = Clock::now() + kPatience;
  const auto left = [](const Line& line) { return line.broken() || line.gone || line.rank < 0; };
  while (Clock::now() < end && !std::ranges::all_of(lines_, left)) {
    wait_for_news();
    for (Line& line : lines_) read(line);
    lines_.remove_if(left);
  }
  if (listener_ && over_) say_bye();
  print(warnings_.take());
}

Control::Control(Options options, std::unique_ptr<ControlListener> listener) {
  const ControlAddress address = listener->address();
  channel_ = std::make_unique<Channel>(std::move(options), std::move(listener), address);
}

Control::Control(Options options, const ControlAddress& address)
    : channel_(std::make_unique<Channel>(std::move(options), nullptr, address)) {}

Control::~Control() = default;

void Control::group(uint64_t number, std::span<const int64_t> ranks) {
  std::string line = fmt::format("group\t{}", static_cast<int64_t>(number));
  for (const int64_t rank : ranks) line += fmt::format("\t{}", rank);
  channel_->post(std::move(line));
}

void Control::warn(std::string_view text) { channel_->post("warn\t" + to_field(text)); }

void Control::fail(std::string_view reason) {
  channel_->post("fail\t" + to_field(reason));
  channel_->wait_until_over();
}

bool Control::told_by_leader() const {
  channel_->wait_until_over();
  return channel_->told_by_leader();
}

}  // namespace tessera
