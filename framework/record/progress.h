// What a run shows while it works: on a terminal one line that is drawn again and again, with
// lasting lines above it; in a log a plain line at each log interval. Non-finite numbers are shown
// as they are.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace tessera {

struct ProgressState {
  int64_t step = 0, steps = 0;
  double loss = 0, grad_norm = 0, learning_rate = 0;
  double tokens_per_s = 0;
  double utilisation = 0;   // part of the peak, 0 to 1; 0: not known
  double seconds_left = 0;  // 0: not known
};

/// "step 120/600  loss 2.3456  lr 9.8e-04  grad 0.83  5,230 tokens/s  MFU 41.2%  ETA 2 min 10 s"
std::string progress_line(const ProgressState& state);
/// A progress line with a bar in front, at most `columns` characters: what does not fit is left
/// out, from the right.
std::string progress_bar(const ProgressState& state, size_t columns);
/// "45 s", "2 min 10 s", "3 h 05 min", "2 d 03 h".
std::string time_text(double seconds);
/// "12,345,678"
std::string grouped(int64_t number);

class ProgressDisplay {
 public:
  using Write = std::function<void(std::string_view)>;

  /// `live` says that `write` goes to a terminal; `columns` is asked before each drawing.
  ProgressDisplay(Write write, bool live, std::function<size_t()> columns);
  /// A display on standard output, live when that is a terminal that can redraw a line.
  static ProgressDisplay on_standard_output();
  ~ProgressDisplay() { close(); }
  ProgressDisplay(const ProgressDisplay&) = delete;
  ProgressDisplay& operator=(const ProgressDisplay&) = delete;

  /// Writes lasting text: one line or several.
  void say(std::string_view text);
  /// Shows that a step was made; `interval` says that a log interval ends with it.
  void step(const ProgressState& state, bool interval);
  /// Says on the live line what takes a while ("evaluating"); writes nothing to a log.
  void busy(std::string_view what);
  /// Ends what busy() began: the live line is again that of the last step.
  void ready();
  /// Leaves the live line as it is and ends it.
  void close();

 private:
  void draw(const std::string& line);
  void wipe();

  Write write_;
  bool live_;
  std::function<size_t()> columns_;
  bool drawn_ = false;
  std::string last_line_;
  std::chrono::steady_clock::time_point drawn_at_{};
};

}  // namespace tessera
