#include "framework/kernels/cpu/forms.h"

#include "framework/core/dense_activation.h"

namespace tessera::cpu {

bool has_form(std::string_view op, const Attrs& attrs) {
  return op != "linear" || !attrs.has("activation") ||
         choice_of<DenseActivation>(attrs.text("activation")).has_value();
}

}  // namespace tessera::cpu
