// One AdamW step of one parameter in a single pass over memory, where torch's own takes six.
#include "shim.h"

#include <cmath>

namespace {

// The complements 1 - beta come in double precision, as torch rounds them.
template <typename T>
void step(T* __restrict w, const T* __restrict g, T* __restrict m, T* __restrict v, int64_t n, double lr, double beta1, double beta2,
    double eps, double decay, int64_t steps) {
  const T keep = 1 - lr * decay, b1 = beta1, c1 = 1 - beta1, b2 = beta2, c2 = 1 - beta2, e = eps;
  const T size = lr / (1 - std::pow(beta1, steps)), root = std::sqrt(1 - std::pow(beta2, steps));
  for (int64_t i = 0; i < n; i++) {
    m[i] = m[i] * b1 + g[i] * c1;
    v[i] = v[i] * b2 + g[i] * g[i] * c2;
    w[i] = w[i] * keep - size * (m[i] / (std::sqrt(v[i]) / root + e));
  }
}

template <typename T>
void step(at::Tensor* w, at::Tensor* g, at::Tensor* m, at::Tensor* v, double lr, double beta1, double beta2, double eps, double decay, int64_t steps) {
  step(static_cast<T*>(w->data_ptr()), static_cast<const T*>(g->data_ptr()), static_cast<T*>(m->data_ptr()), static_cast<T*>(v->data_ptr()),
      w->numel(), lr, beta1, beta2, eps, decay, steps);
}

} // namespace

// 0: done; 1: not dense, contiguous, on the CPU and of one float type, so left to the caller; -1: error.
REARM_API int32_t rearm_adamw(
    at::Tensor* w, at::Tensor* g, at::Tensor* m, at::Tensor* v, double lr, double beta1, double beta2, double eps, double decay,
    int64_t steps) {
  return guarded<int32_t>(-1, [&] {
    auto type = w->scalar_type();
    for (at::Tensor* t : {w, g, m, v})
      if (t->layout() != c10::kStrided || !t->device().is_cpu() || t->scalar_type() != type || !t->is_contiguous() || t->numel() != w->numel())
        return 1;
    if (type == at::kFloat) {
      step<float>(w, g, m, v, lr, beta1, beta2, eps, decay, steps);
    } else if (type == at::kDouble) {
      step<double>(w, g, m, v, lr, beta1, beta2, eps, decay, steps);
    } else {
      return 1;
    }
    return 0;
  });
}
