#include "framework/kernels/cpu/forms.h"

#include "framework/kernels/cpu/shared/activation.h"

namespace tessera::cpu {

bool has_form(std::string_view op, const Attrs& attrs) {
  return op != "linear" || !attrs.has("activation") ||
         find_activation(attrs.text("activation")).has_value();
}

}  // namespace tessera::cpu
