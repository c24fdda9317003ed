#include "launch/classifier_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "framework/core/error.h"
#include "launch/export_tokenizer.h"

namespace tessera {

ModelSource open_classifier(const std::string& named, std::vector<std::string> sets, bool tells) {
  if (is_outside_model(named)) {
    const OutsideModel model(shipped_models(), named);
    const std::vector<std::string> labels = model.labels();
    const int64_t context = model.config({}).model.context;
    require(!labels.empty(),
            "{} tells no labels: its config names no class for the classification of texts that "
            "Tessera knows, or its weights have no such head",
            named);
    if (tells && labels[0] == "LABEL_0")
      fmt::print(stderr,
                 "note: the config does not name all of the {} labels; they are called "
                 "LABEL_0, LABEL_1, …\n",
                 labels.size());
    const std::vector<std::string> task = model.task_settings();
    sets.insert(sets.begin(), task.begin(), task.end());
    if (const auto tokenizer = tokenizer_beside(named))
      if (const int64_t length = stated_length(*tokenizer); length > 0)
        sets.insert(sets.begin(), fmt::format("batch.length={}", std::min(length, context)));
  }
  ModelSource source = open_source(named, sets, tells);
  require(source.config.task.classifies(),
          "{} tells no labels: it was trained with task.type: pretrain; train one with task: "
          "{{type: classify}}",
          source.place.string());
  return source;
}

ModelSource open_with_task(const std::string& named, std::vector<std::string> sets, bool tells) {
  if (is_outside_model(named) && !OutsideModel(shipped_models(), named).labels().empty())
    return open_classifier(named, std::move(sets), tells);
  return open_source(named, sets, tells);
}

}  // namespace tessera
