// InlineVector: a short list of numbers that lies in its owner; only a list longer than `kInline`
// lies in memory of its own.
#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <type_traits>
#include <utility>

namespace tessera {

template <typename T, uint32_t kInline>
class InlineVector {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  using value_type = T;

  InlineVector() = default;
  InlineVector(std::span<const T> items) { assign(items); }
  InlineVector(std::initializer_list<T> items) { assign({items.begin(), items.size()}); }
  InlineVector(const InlineVector& other) { assign(other); }
  InlineVector(InlineVector&& other) noexcept { swap(other); }
  InlineVector& operator=(const InlineVector& other) {
    if (this != &other) assign(other);
    return *this;
  }
  InlineVector& operator=(InlineVector&& other) noexcept {
    swap(other);
    return *this;
  }
  ~InlineVector() {
    if (is_long()) delete[] place_.items;
  }

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const T* data() const { return is_long() ? place_.items : place_.own; }
  T* data() { return is_long() ? place_.items : place_.own; }
  const T* begin() const { return data(); }
  const T* end() const { return data() + size_; }
  T* begin() { return data(); }
  T* end() { return data() + size_; }
  const T& operator[](size_t i) const { return data()[i]; }
  T& operator[](size_t i) { return data()[i]; }
  const T& front() const { return data()[0]; }
  const T& back() const { return data()[size_ - 1]; }

  void push_back(T item) {
    if (size_ == room_) reserve(2 * size_);
    data()[size_++] = item;
  }
  void reserve(size_t count) {
    if (count <= room_) return;
    T* items = new T[count];
    std::copy(begin(), end(), items);
    if (is_long()) delete[] place_.items;
    place_.items = items;
    room_ = static_cast<uint32_t>(count);
  }

  friend bool operator==(const InlineVector& a, const InlineVector& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

 private:
  bool is_long() const { return room_ > kInline; }
  void assign(std::span<const T> items) {
    reserve(items.size());
    std::copy(items.begin(), items.end(), data());
    size_ = static_cast<uint32_t>(items.size());
  }
  void swap(InlineVector& other) noexcept {
    std::swap(size_, other.size_);
    std::swap(room_, other.room_);
    std::swap(place_, other.place_);
  }

  uint32_t size_ = 0, room_ = kInline;
  union {
    T own[kInline];
    T* items;
  } place_ = {};
};

}  // namespace tessera
