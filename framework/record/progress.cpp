#include "framework/record/progress.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "framework/core/json_number.h"

namespace tessera {
namespace {

constexpr auto kBetweenDrawings = std::chrono::milliseconds(100);
constexpr std::string_view kEraseToEnd = "\x1b[K";

/// The parts of a progress line after its step, the most wanted first.
std::vector<std::string> parts_of(const ProgressState& state) {
  std::vector<std::string> parts{"loss " + number_text(state.loss, "{:.4f}"),
                                 "lr " + number_text(state.learning_rate, "{:.1e}"),
                                 "grad " + number_text(state.grad_norm, "{:.3g}"),
                                 grouped(std::llround(state.tokens_per_s)) + " tokens/s"};
  if (state.utilisation > 0) parts.push_back(fmt::format("MFU {:.1f}%", 100 * state.utilisation));
  if (state.seconds_left > 0) parts.push_back("ETA " + time_text(state.seconds_left));
  return parts;
}

size_t terminal_columns() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

}  // namespace

std::string grouped(int64_t number) {
  std::string text = std::to_string(number);
  const size_t first = number < 0 ? 1 : 0;
  for (size_t at = text.size(); at > first + 3;) text.insert(at -= 3, ",");
  return text;
}

std::string time_text(double seconds) {
  if (!std::isfinite(seconds) || seconds > 1e12) return "?";
  const auto s = static_cast<int64_t>(std::ceil(seconds));
  if (s < 60) return fmt::format("{} s", s);
  if (s < 3600) return fmt::format("{} min {:02} s", s / 60, s % 60);
  if (s < 86400) return fmt::format("{} h {:02} min", s / 3600, s / 60 % 60);
  return fmt::format("{} d {:02} h", s / 86400, s / 3600 % 24);
}

std::string progress_line(const ProgressState& state) {
  return fmt::format("step {}/{}  {}", state.step, state.steps, fmt::join(parts_of(state), "  "));
}

std::string progress_bar(const ProgressState& state, size_t columns) {
  constexpr int kCells = 16;
  const double done =
      state.steps > 0 ? static_cast<double>(state.step) / static_cast<double>(state.steps) : 0;
  const auto filled = static_cast<size_t>(std::clamp(done, 0.0, 1.0) * kCells);
  std::string line = fmt::format("[{}{}] {}/{}", std::string(filled, '#'),
                                 std::string(kCells - filled, '.'), state.step, state.steps);
  if (line.size() > columns) line = fmt::format("{}/{}", state.step, state.steps);
  for (const std::string& part : parts_of(state))
    if (line.size() + 2 + part.size() <= columns)
      line += "  " + part;
    else
      break;
  return line.substr(0, columns);
}

ProgressDisplay::ProgressDisplay(Write write, bool live, std::function<size_t()> columns)
    : write_(std::move(write)), live_(live), columns_(std::move(columns)) {}

ProgressDisplay ProgressDisplay::on_standard_output() {
  const char* kind = std::getenv("TERM");
  const bool live =
      ::isatty(STDOUT_FILENO) == 1 && kind != nullptr && std::string_view(kind) != "dumb";
  return ProgressDisplay(
      [](std::string_view text) {
        std::fwrite(text.data(), 1, text.size(), stdout);
        std::fflush(stdout);
      },
      live, terminal_columns);
}

void ProgressDisplay::say(std::string_view text) {
  wipe();
  std::string lines(text);
  if (!lines.ends_with('\n')) lines += '\n';
  write_(lines);
  if (live_ && !last_line_.empty()) draw(last_line_);
}

void ProgressDisplay::step(const ProgressState& state, bool interval) {
  if (!live_) {
    if (interval) write_(progress_line(state) + "\n");
    return;
  }
  const size_t columns = columns_();
  last_line_ = progress_bar(state, columns > 1 ? columns - 1 : 1);
  const auto now = std::chrono::steady_clock::now();
  if (drawn_ && state.step != state.steps && now - drawn_at_ < kBetweenDrawings) return;
  drawn_at_ = now;
  draw(last_line_);
}

void ProgressDisplay::busy(std::string_view what) {
  if (!live_) return;
  const size_t columns = columns_();
  std::string line =
      last_line_.empty() ? std::string(what) : fmt::format("{}  {}", what, last_line_);
  draw(line.substr(0, columns > 1 ? columns - 1 : 1));
}

void ProgressDisplay::ready() {
  if (!live_) return;
  if (last_line_.empty())
    wipe();
  else
    draw(last_line_);
}

void ProgressDisplay::draw(const std::string& line) {
  write_(fmt::format("\r{}{}", line, kEraseToEnd));
  drawn_ = true;
}

void ProgressDisplay::wipe() {
  if (drawn_) write_(fmt::format("\r{}", kEraseToEnd));
  drawn_ = false;
}

void ProgressDisplay::close() {
  if (drawn_) write_("\n");
  drawn_ = false;
  last_line_.clear();
}

}  // namespace tessera
