// equal: the boolean a == b, elementwise with broadcasting. Comparisons with NaN are false.
#include "framework/ops/shared/elementwise.h"

namespace tessera {

const OpDef ops::equal{.name = "equal", .infer = infer_comparison, .rule = elementwise_rule};

}  // namespace tessera
