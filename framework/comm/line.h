// A connection of the control channel, which receives and sends lines of text and never blocks.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "framework/core/descriptor.h"

namespace tessera {

class Line {
 public:
  explicit Line(Descriptor file);

  int rank = -1;      // the rank at the other end; -1: not known yet
  bool gone = false;  // the other end has said goodbye

  int file() const { return file_.number(); }
  bool broken() const { return broken_; }
  /// Whether something waits to be sent.
  bool sending() const { return !broken_ && !out_.empty(); }

  void send(std::string_view line);
  /// Sends as much as the system takes now.
  void flush();
  /// Reads what has come.
  void receive();
  /// Takes the next whole line of what has come; returns false when there is none.
  bool take(std::string& line);

 private:
  Descriptor file_;
  std::string in_, out_;
  bool broken_ = false;
};

/// A connection to an IPv4 address in network byte order; not open when none is made within three
/// seconds.
Descriptor connect_to(uint32_t address, uint16_t port);
/// The address as text, such as "10.0.0.1".
std::string address_text(uint32_t address);

}  // namespace tessera
