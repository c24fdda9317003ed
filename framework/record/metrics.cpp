#include "framework/record/metrics.h"

#include <nlohmann/json.hpp>

#include "framework/core/error.h"
#include "framework/core/json.h"
#include "framework/core/json_number.h"
#include "framework/core/whole_file.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

struct Kept {
  std::string text;
  int64_t beyond = 0, damaged = 0;  // lines dropped
  bool is_prefix = true;            // whether `text` is a prefix of the file
};

enum class Verdict { keep, beyond, damaged };

Verdict judge(std::string_view line, int64_t step, bool evaluated) {
  nlohmann::json json;
  try {
    json = parse_json_object(line, "a line");
  } catch (const UserError&) {
    return Verdict::damaged;
  }
  const auto found = json.find("step");
  if (found == json.end() || !found->is_number_integer()) return Verdict::damaged;
  const auto at = found->get<int64_t>();
  if (at > step || (at == step && !evaluated && json.contains("eval_loss"))) return Verdict::beyond;
  return Verdict::keep;
}

Kept kept_lines(std::string_view text, int64_t step, bool evaluated) {
  Kept kept;
  while (!text.empty()) {
    const size_t end = text.find('\n');
    const bool whole = end != std::string_view::npos;
    const std::string_view line = text.substr(0, whole ? end : text.size());
    text.remove_prefix(whole ? end + 1 : text.size());
    const Verdict verdict = whole ? judge(line, step, evaluated) : Verdict::damaged;
    kept.beyond += verdict == Verdict::beyond;
    kept.damaged += verdict == Verdict::damaged;
    if (verdict != Verdict::keep) continue;
    if (kept.beyond + kept.damaged > 0) kept.is_prefix = false;
    kept.text.append(line).push_back('\n');
  }
  return kept;
}

void repair(const fs::path& path, int64_t step, bool evaluated, std::vector<std::string>& report) {
  std::error_code error;
  if (!fs::exists(path, error)) return;
  const std::string text = whole_text(path);
  const Kept kept = kept_lines(text, step, evaluated);
  if (kept.damaged > 0)
    report.push_back(fmt::format("{}: {} damaged {} dropped (a crash leaves one torn at the end)",
                                 path.string(), kept.damaged,
                                 kept.damaged == 1 ? "line" : "lines"));
  if (kept.text.size() == text.size()) return;
  if (!kept.is_prefix) return replace_file(path, kept.text);
  fs::resize_file(path, kept.text.size(), error);  // works on a full disk too
  require(!error, "cannot shorten {}: {}", path.string(), error.message());
}

}  // namespace

Metrics::Metrics(const fs::path& path, int64_t step, bool evaluated,
                 std::vector<std::string>& report) {
  repair(path, step, evaluated, report);
  file_.emplace(path);
}

std::string Metrics::write(int64_t step, const MetricsLine& line) {
  nlohmann::ordered_json json;
  json["step"] = step;
  for (const auto& [name, value] : line) {
    if (const auto* whole = std::get_if<int64_t>(&value))
      json[name] = *whole;
    else
      json[name] = to_json_number(std::get<double>(value));
  }
  std::string text = json.dump();
  write_line(text);
  return text;
}

bool Metrics::put_back() {
  if (file_->in_place()) return false;
  file_->put_back();
  return true;
}

void Metrics::restore(const std::vector<std::string>& lines) {
  if (lines.empty()) return;
  const std::string text = "\n" + whole_text(path());
  for (const std::string& line : lines)
    if (text.find("\n" + line + "\n") == std::string::npos) write_line(line);
}

void Metrics::write_line(const std::string& line) {
  unwritten_.push_back(line);
  while (!unwritten_.empty()) {  // in their order: lines that failed before come first
    file_->append(unwritten_.front() + "\n");
    unwritten_.erase(unwritten_.begin());
  }
}

}  // namespace tessera
