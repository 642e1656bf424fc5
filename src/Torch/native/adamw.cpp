// One AdamW step of one parameter in a single pass over memory, where torch's own takes six.
#include "shim.h"

#include <cmath>

namespace {

template <typename T>
void step(T* __restrict w, const T* __restrict g, T* __restrict m, T* __restrict v, int64_t n, T keep_w, T b1, T b2, T eps, T size, T root) {
  for (int64_t i = 0; i < n; i++) {
    m[i] = m[i] * b1 + g[i] * (1 - b1);
    v[i] = v[i] * b2 + g[i] * g[i] * (1 - b2);
    w[i] = w[i] * keep_w - size * (m[i] / (std::sqrt(v[i]) / root + eps));
  }
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
    double size = lr / (1 - std::pow(beta1, steps)), root = std::sqrt(1 - std::pow(beta2, steps));
    if (type == at::kFloat) {
      step<float>(static_cast<float*>(w->data_ptr()), static_cast<const float*>(g->data_ptr()), static_cast<float*>(m->data_ptr()),
          static_cast<float*>(v->data_ptr()), w->numel(), 1 - lr * decay, beta1, beta2, eps, size, root);
    } else if (type == at::kDouble) {
      step<double>(static_cast<double*>(w->data_ptr()), static_cast<const double*>(g->data_ptr()), static_cast<double*>(m->data_ptr()),
          static_cast<double*>(v->data_ptr()), w->numel(), 1 - lr * decay, beta1, beta2, eps, size, root);
    } else {
      return 1;
    }
    return 0;
  });
}
