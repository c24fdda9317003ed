#include "framework/formats/torch_tensors.h"

#include <set>
#include <utility>

#include "framework/core/error.h"
#include "framework/core/json.h"

namespace tessera {
namespace {

constexpr size_t kMostDims = 64;  // torch's own limit

class Interpreter {
 public:
  Interpreter(const Pickle& pickle, const std::string& what) : pickle_(pickle), what_(what) {}

  TorchTensors read() {
    const PickleValue& root = pickle_[pickle_.root];
    require(root.kind == PickleKind::dictionary, "{} holds {}, no dictionary of tensors", what_,
            to_string(root.kind));
    std::set<std::string> names;
    for (size_t i = 0; i + 1 < root.items.size(); i += 2) {
      const PickleValue& name = pickle_[root.items[i]];
      require(name.kind == PickleKind::text, "{}: a key of its dictionary is {}, no text", what_,
              to_string(name.kind));
      named_ = fmt::format("{}: '{}'", what_, name.text);
      const PickleValue& value = pickle_[root.items[i + 1]];
      require(value.kind == PickleKind::tensor,
              "{} is {}, no tensor: save the dictionary of tensors alone (model.state_dict())",
              named_, to_string(value.kind));
      require(names.insert(name.text).second, "{} is given twice", named_);
      result_.tensors.push_back(read_tensor(value.items));
      result_.tensors.back().name = name.text;
    }
    return std::move(result_);
  }

 private:
  const PickleValue& item(const std::vector<PickleIndex>& items, size_t place, PickleKind kind) {
    require(place < items.size(), "{}: its description lacks {}", named_, to_string(kind));
    const PickleValue& value = pickle_[items[place]];
    require(value.kind == kind, "{}: its description has {} where {} is due", named_,
            to_string(value.kind), to_string(kind));
    return value;
  }
  int64_t count(const std::vector<PickleIndex>& items, size_t place) {
    const int64_t number = item(items, place, PickleKind::integer).integer;
    require(number >= 0, "{}: its description has the number {}", named_, number);
    return number;
  }
  Shape counts(const std::vector<PickleIndex>& items, size_t place) {
    const auto& list = item(items, place, PickleKind::tuple).items;
    require(list.size() <= kMostDims, "{} has {} dims", named_, list.size());
    Shape shape;
    for (size_t d = 0; d < list.size(); ++d) shape.push_back(count(list, d));
    return shape;
  }

  /// (storage, offset, size, stride, requires_grad, hooks), and at times a dictionary of marks, such
  /// as that the numbers are to be negated.
  TorchTensor read_tensor(const std::vector<PickleIndex>& arguments) {
    TorchTensor tensor;
    const TorchStorage& storage =
        read_storage(item(arguments, 0, PickleKind::storage).items, tensor.storage);
    tensor.tensor.type = storage.type;
    tensor.offset = count(arguments, 1);
    tensor.tensor.shape = counts(arguments, 2);
    tensor.strides = counts(arguments, 3);
    place(tensor, storage);
    require(arguments.size() <= 6 || pickle_[arguments[6]].items.empty(),
            "{} is stored with marks (negated or conjugated), which are not read: save a copy",
            named_);
    return tensor;
  }

  /// ('storage', class, key, device, elements)
  const TorchStorage& read_storage(const std::vector<PickleIndex>& items, std::string& key) {
    require(item(items, 0, PickleKind::text).text == "storage", "{}: its data is no storage",
            named_);
    TorchStorage storage;
    storage.type = item(items, 1, PickleKind::storage_type).type;
    key = item(items, 2, PickleKind::text).text;
    storage.elements = count(items, 4);
    require(items.size() < 6 || pickle_[items[5]].kind == PickleKind::none,
            "{} is a view of a storage in the form before PyTorch 0.4, which is not read", named_);
    const auto [found, added] = result_.storages.emplace(key, storage);
    require(
        added || (found->second.type == storage.type && found->second.elements == storage.elements),
        "{}: storage {} is described in two ways", named_, key);
    return found->second;
  }

  void place(TorchTensor& tensor, const TorchStorage& storage) {
    const Shape& shape = tensor.tensor.shape;
    require(tensor.strides.size() == shape.size(), "{} has {} dims and {} strides", named_,
            shape.size(), tensor.strides.size());
    const int64_t elements = checked_bytes(shape, 1, named_);
    checked_bytes(shape, sizeof(double), named_);
    if (elements == 0) {
      tensor.contiguous = true;
      tensor.offset = 0;
      return;
    }
    require(
        elements <= storage.elements,
        "{} repeats elements of its storage (it was expanded): save a copy, tensor.contiguous()",
        named_);
    int64_t last = tensor.offset, expected = 1;
    bool good = true;
    tensor.contiguous = true;
    for (size_t d = shape.size(); d-- > 0;) {
      int64_t reach = 0;
      good = good && !__builtin_mul_overflow(shape[d] - 1, tensor.strides[d], &reach) &&
             !__builtin_add_overflow(last, reach, &last);
      tensor.contiguous = tensor.contiguous && (shape[d] == 1 || tensor.strides[d] == expected);
      expected *= shape[d];
      if (shape[d] == 1) tensor.strides[d] = 0;  // it may be any number
    }
    require(good && last < storage.elements, "{} reaches beyond its storage of {} elements", named_,
            storage.elements);
  }

  const Pickle& pickle_;
  const std::string& what_;
  std::string named_;  // the tensor at hand, for messages
  TorchTensors result_;
};

}  // namespace

TorchTensors torch_tensors(const Pickle& pickle, const std::string& what) {
  return Interpreter(pickle, what).read();
}

}  // namespace tessera
