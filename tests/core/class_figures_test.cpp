// Figures of classes equal those of scikit-learn (tests/golden/make_classify.py).
#include "framework/core/class_figures.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "framework/core/whole_file.h"
#include "tests/places.h"

namespace tessera {
namespace {

TEST(ClassFigures, AreThoseOfScikitLearn) {
  const auto cases =
      nlohmann::json::parse(whole_text(source_dir() + "/tests/golden/classify/figures.json"));
  ASSERT_GE(cases.size(), 9u);
  for (const auto& golden : cases) {
    const auto truth = golden.at("truth").get<std::vector<int64_t>>(),
               predicted = golden.at("predicted").get<std::vector<int64_t>>();
    ClassFigures figures;
    for (size_t i = 0; i < truth.size(); ++i) figures.add(truth[i], predicted[i]);
    for (const auto& [name, number] : figures.figures())
      EXPECT_NEAR(number, golden.at(name).get<double>(), 1e-12) << name << " of " << golden;
  }
}

TEST(ClassFigures, AreZeroWithoutAPrediction) {
  for (const auto& [name, number] : ClassFigures().figures()) EXPECT_EQ(number, 0) << name;
}

}  // namespace
}  // namespace tessera
