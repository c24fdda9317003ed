// The one owner of an open file, folder or socket: it holds the number that the system gave, and
// closes it when it is destroyed.
#pragma once

#include <filesystem>

namespace tessera {

class Descriptor {
 public:
  /// Owns nothing when `number` is negative, as calls that failed return it.
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept;
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();

  int number() const { return number_; }
  /// Whether this object owns an open file.
  bool open() const { return number_ >= 0; }
  /// Whether `path` names the open file now, because nobody removed, moved or replaced the file.
  bool lies_at(const std::filesystem::path& path) const;
  /// Closes the file at once. Returns 0, or the errno of a failure, which network file systems
  /// report here.
  int close();

 private:
  int number_;
};

}  // namespace tessera
