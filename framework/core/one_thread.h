// OneThread: while an object of this class lives, libraries on the thread pool that the current
// thread calls use no other thread.
#pragma once

namespace tessera {

class OneThread {
 public:
  OneThread();
  ~OneThread();
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

 private:
  int before_;
};

}  // namespace tessera
