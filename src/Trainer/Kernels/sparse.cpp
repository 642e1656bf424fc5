// y = G x for a constant sparse G by rows; dx = G^T dy with the transpose kept beside it.
#include "kernels.h"

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Variable;
using torch::autograd::variable_list;

// 64 columns at a time, so that a row's sums stay in registers over all its entries.
typedef float Lanes __attribute__((vector_size(64), aligned(4), may_alias));
constexpr int64_t kLanes = 16;

REARM_WIDEST
void multiply_rows(int64_t begin, int64_t end, int64_t width, const int32_t* __restrict pointers, const int32_t* __restrict columns,
                   const float* __restrict values, const float* __restrict dense, float* __restrict out) {
  for (int64_t row = begin; row < end; row++) {
    const int32_t first = pointers[row], last = pointers[row + 1];
    float* __restrict y = out + row * width;
    int64_t c = 0;
    for (; c + 4 * kLanes <= width; c += 4 * kLanes) {
      Lanes sum0 = {}, sum1 = {}, sum2 = {}, sum3 = {};
      for (int32_t e = first; e < last; e++) {
        const float value = values[e];
        const Lanes* x = (const Lanes*)(dense + (int64_t)columns[e] * width + c);
        sum0 += value * x[0];
        sum1 += value * x[1];
        sum2 += value * x[2];
        sum3 += value * x[3];
      }
      Lanes* block = (Lanes*)(y + c);
      block[0] = sum0;
      block[1] = sum1;
      block[2] = sum2;
      block[3] = sum3;
    }
    for (int64_t rest = c; rest < width; rest++) y[rest] = 0;
    for (int32_t e = first; c < width && e < last; e++) {
      const float value = values[e];
      const float* __restrict x = dense + (int64_t)columns[e] * width;
      for (int64_t rest = c; rest < width; rest++) y[rest] += value * x[rest];
    }
  }
}

at::Tensor multiply(const at::Tensor& pointers, const at::Tensor& columns, const at::Tensor& values, const at::Tensor& dense) {
  const auto x = dense.contiguous();
  const int64_t rows = pointers.numel() - 1, width = x.size(1);
  auto y = at::empty({rows, width}, x.options());
  const auto* p = pointers.data_ptr<int32_t>();
  const auto* c = columns.data_ptr<int32_t>();
  const auto* v = values.data_ptr<float>();
  at::parallel_for(0, rows, 64, [&](int64_t begin, int64_t end) {
    multiply_rows(begin, end, width, p, c, v, x.data_ptr<float>(), y.data_ptr<float>());
  });
  return y;
}

struct SparseMultiply : torch::autograd::Function<SparseMultiply> {
  static Variable forward(AutogradContext* ctx, Variable dense, at::Tensor pointers, at::Tensor columns, at::Tensor values,
                          at::Tensor t_pointers, at::Tensor t_columns, at::Tensor t_values) {
    ctx->save_for_backward({t_pointers, t_columns, t_values});
    return multiply(pointers, columns, values, dense);
  }

  static variable_list backward(AutogradContext* ctx, variable_list gradients) {
    const auto saved = ctx->get_saved_variables();
    return {multiply(saved[0], saved[1], saved[2], gradients[0]), Variable(), Variable(), Variable(), Variable(), Variable(), Variable()};
  }
};

}  // namespace

// matrix and transpose: pointers, columns (int32), values (float32) of each. dense: columns x width, float32.
REARM_API at::Tensor* rearm_sparse_multiply(at::Tensor* const* matrix, at::Tensor* const* transpose, const at::Tensor* dense) {
  return guarded([&] {
    TORCH_CHECK(dense->dim() == 2 && dense->scalar_type() == at::kFloat && dense->size(0) == transpose[0]->numel() - 1,
                "sparse multiply: a float32 matrix of ", transpose[0]->numel() - 1, " rows is needed, not ", dense->sizes(), " ", dense->scalar_type());
    return SparseMultiply::apply(*dense, *matrix[0], *matrix[1], *matrix[2], *transpose[0], *transpose[1], *transpose[2]);
  });
}
