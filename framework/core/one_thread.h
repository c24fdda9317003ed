// OneThread: while it lives, libraries on the thread pool that this thread calls use no other thread.
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
