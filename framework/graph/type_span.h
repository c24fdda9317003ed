// TypeSpan: the types of some values in order, where they lie: in a list, or in the graph whose
// values they are.
#pragma once

#include <deque>
#include <span>
#include <vector>

#include "framework/graph/graph.h"

namespace tessera {

class TypeSpan {
 public:
  TypeSpan() = default;
  TypeSpan(std::span<const TensorType> types) : types_(types.data()), size_(types.size()) {}
  TypeSpan(const std::vector<TensorType>& types) : TypeSpan(std::span(types)) {}
  TypeSpan(const Graph& graph, std::span<const ValueId> values)
      : values_(&graph.values()), ids_(values.data()), size_(values.size()) {}

  size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const TensorType& operator[](size_t i) const {
    return values_ ? (*values_)[static_cast<size_t>(ids_[i])].type : types_[i];
  }
  const TensorType& back() const { return (*this)[size_ - 1]; }
  TypeSpan first(size_t count) const {
    TypeSpan out = *this;
    out.size_ = count;
    return out;
  }

  class Iterator {
   public:
    Iterator(const TypeSpan& types, size_t at) : types_(types), at_(at) {}
    const TensorType& operator*() const { return types_[at_]; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    bool operator==(const Iterator& other) const { return at_ == other.at_; }

   private:
    const TypeSpan& types_;
    size_t at_;
  };
  Iterator begin() const { return {*this, 0}; }
  Iterator end() const { return {*this, size_}; }

 private:
  const TensorType* types_ = nullptr;              // where they lie in a list
  const std::deque<ValueInfo>* values_ = nullptr;  // or the graph's values, of which these
  const ValueId* ids_ = nullptr;
  size_t size_ = 0;
};

}  // namespace tessera
