// Lines that a verb writes, to standard output or to a file: each is out of the process before the
// next one is made. A file appears under its name when it is whole; when an error or a signal comes
// first, the lines so far stay in `NAME.partial`, and standard error says how many there are.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "framework/core/append_file.h"
#include "framework/core/output_file.h"
#include "launch/command_line.h"

namespace tessera {

class OutputLines {
 public:
  /// The file that --out names, or standard output without it. Nothing is made before the first
  /// line.
  OutputLines(std::string_view verb, const Arguments& given);
  ~OutputLines();
  OutputLines(const OutputLines&) = delete;
  OutputLines& operator=(const OutputLines&) = delete;

  /// Writes one or more whole lines.
  void add(std::string_view lines);
  /// Says that there are no more.
  void finish();

 private:
  void say_what_stays() const;

  std::mutex writing_;
  std::string name_;
  std::FILE* stream_ = nullptr;  // standard output, or what is no file of a disk
  std::optional<OutputFile> file_;
  std::unique_ptr<AppendFile> lines_;
  int64_t count_ = 0;
  bool finished_ = false;
  std::optional<IfInterrupted> interrupted_;
};

}  // namespace tessera
