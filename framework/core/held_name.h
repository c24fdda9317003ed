// A name that one process of this machine holds at a time. No file lies behind the name that
// someone could remove: the system releases the name when the process ends, in whatever way.
#pragma once

#include <string_view>

namespace tessera {

class HeldName {
 public:
  explicit HeldName(std::string_view name);
  HeldName(const HeldName&) = delete;
  HeldName& operator=(const HeldName&) = delete;
  ~HeldName();

  /// Whether another process holds the name; false where the system gives no names.
  bool taken() const { return taken_; }

 private:
  int socket_;
  bool taken_ = false;
};

}  // namespace tessera
