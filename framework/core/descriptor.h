// An open file, folder or socket: the one owner of a number that the system gave, which closes it when it goes.
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
  /// Whether it owns an open file.
  bool open() const { return number_ >= 0; }
  /// Whether the open file is the one that `path` names now: nobody removed, moved or replaced it.
  bool lies_at(const std::filesystem::path& path) const;
  /// Closes the file at once; 0, or the errno of a failure, which network file systems report here.
  int close();

 private:
  int number_;
};

}  // namespace tessera
