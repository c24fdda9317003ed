// A name that one process of this machine holds at a time. There is no file behind it that someone could remove: the
// system lets go of the name when the process ends, in whatever way.
#pragma once

#include <string_view>

namespace tessera {

class HeldName {
 public:
  explicit HeldName(std::string_view name);
  HeldName(const HeldName&) = delete;
  HeldName& operator=(const HeldName&) = delete;
  ~HeldName();

  /// Whether another process holds the name. Where the system gives no names, nobody does.
  bool taken() const { return taken_; }

 private:
  int socket_;
  bool taken_ = false;
};

}  // namespace tessera
