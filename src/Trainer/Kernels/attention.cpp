// Attention among the d coordinates of a row (eq. 5-9): o_a = sum_b softmax_b(q_a k_b) m_ab v_b, m the dropout mask over (1 - p).
// Plain operators keep several rows x d x d tensors; here the softmax lives in registers and is computed again on the way back,
// and the mask is a function of seed and position.
#include "kernels.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Variable;
using torch::autograd::variable_list;

constexpr int64_t kMaxWidth = 1024;

// e^x for x <= 0, to about 2 ulp; written so that the compiler vectorises the loop around it.
inline __attribute__((always_inline)) float exp_negative(float x) {
  x = x < -87.0f ? -87.0f : x;
  const float shifted = x * 1.44269504089f + 12582912.0f;  // 1.5 * 2^23: the sum's low bits are the rounded integer
  const float n = shifted - 12582912.0f;
  const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  uint32_t bits;
  std::memcpy(&bits, &shifted, sizeof bits);
  bits = (bits + 127) << 23;  // only the low bits of the sum matter: the exponent 2^n
  float scale;
  std::memcpy(&scale, &bits, sizeof scale);
  return p * scale;
}

// A hash of position and seed (the finaliser of MurmurHash3 over a Weyl sequence); uniform over 32 bits.
inline __attribute__((always_inline)) uint32_t random_bits(uint32_t key, uint32_t position) {
  uint32_t h = position * 0x9E3779B9u + key;
  h ^= h >> 16;
  h *= 0x85EBCA6Bu;
  h ^= h >> 13;
  h *= 0xC2B2AE35u;
  h ^= h >> 16;
  return h;
}

// The key of one token's weights: all of the seed and the row take part.
inline uint32_t key_of(uint64_t seed, int64_t row, int64_t token) {
  uint64_t z = seed + 0x9E3779B97F4A7C15ull * (uint64_t)(row * kMaxWidth + token + 1);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
  return (uint32_t)(z >> 32);
}

// Weights whose bits are below the threshold are dropped.
struct Dropout {
  uint32_t threshold;
  float scale;
  uint64_t seed;

  Dropout(double p, int64_t seed) : threshold((uint32_t)std::min(p * 4294967296.0, 4294967295.0)), scale((float)(1 / (1 - p))), seed((uint64_t)seed) {}
};

REARM_WIDEST
void attend_rows(int64_t begin, int64_t end, int64_t d, Dropout dropout, const float* q, const float* k, const float* v, float* o, float* z) {
  for (int64_t row = begin; row < end; row++) {
    const float* __restrict kr = k + row * d;
    const float* __restrict vr = v + row * d;
    float low = kr[0], high = kr[0];
    for (int64_t b = 1; b < d; b++) {
      low = kr[b] < low ? kr[b] : low;
      high = kr[b] > high ? kr[b] : high;
    }
    for (int64_t a = 0; a < d; a++) {
      const float qa = q[row * d + a];
      const float top = qa * (qa >= 0 ? high : low);
      float sum = 0, value = 0;
      if (dropout.threshold == 0) {
#pragma omp simd reduction(+ : sum, value)
        for (int64_t b = 0; b < d; b++) {
          const float w = exp_negative(qa * kr[b] - top);
          sum += w;
          value += w * vr[b];
        }
      } else {
        const uint32_t key = key_of(dropout.seed, row, a);
#pragma omp simd reduction(+ : sum, value)
        for (int64_t b = 0; b < d; b++) {
          const float w = exp_negative(qa * kr[b] - top);
          sum += w;
          value += random_bits(key, (uint32_t)b) >= dropout.threshold ? w * vr[b] : 0.0f;
        }
        value *= dropout.scale;
      }
      o[row * d + a] = value / sum;
      z[row * d + a] = sum;
    }
  }
}

// With p the softmax, m the mask, g the gradient of o: dv_b = sum_a g_a p_ab m_ab, and the gradient of q_a k_b is
// p_ab (g_a m_ab v_b - g_a o_a).
REARM_WIDEST
void attend_rows_back(int64_t begin, int64_t end, int64_t d, Dropout dropout, const float* q, const float* k, const float* v, const float* o,
                      const float* z, const float* g, float* dq, float* dk, float* dv) {
  for (int64_t row = begin; row < end; row++) {
    const float* __restrict kr = k + row * d;
    const float* __restrict vr = v + row * d;
    float* __restrict dkr = dk + row * d;
    float* __restrict dvr = dv + row * d;
    float low = kr[0], high = kr[0];
    for (int64_t b = 1; b < d; b++) {
      low = kr[b] < low ? kr[b] : low;
      high = kr[b] > high ? kr[b] : high;
    }
    for (int64_t b = 0; b < d; b++) dkr[b] = dvr[b] = 0;
    for (int64_t a = 0; a < d; a++) {
      const float qa = q[row * d + a], oa = o[row * d + a];
      const float top = qa * (qa >= 0 ? high : low);
      const float share = g[row * d + a] / z[row * d + a];
      float sum = 0;
      if (dropout.threshold == 0) {
#pragma omp simd reduction(+ : sum)
        for (int64_t b = 0; b < d; b++) {
          const float w = share * exp_negative(qa * kr[b] - top);
          dvr[b] += w;
          const float ds = w * (vr[b] - oa);
          sum += ds * kr[b];
          dkr[b] += ds * qa;
        }
      } else {
        const uint32_t key = key_of(dropout.seed, row, a);
#pragma omp simd reduction(+ : sum)
        for (int64_t b = 0; b < d; b++) {
          const float w = share * exp_negative(qa * kr[b] - top);
          const float kept = random_bits(key, (uint32_t)b) >= dropout.threshold ? dropout.scale : 0.0f;
          dvr[b] += w * kept;
          const float ds = w * (kept * vr[b] - oa);
          sum += ds * kr[b];
          dkr[b] += ds * qa;
        }
      }
      dq[row * d + a] = sum;
    }
  }
}

constexpr int64_t kGrain = 16;

struct Attention : torch::autograd::Function<Attention> {
  static Variable forward(AutogradContext* ctx, Variable q, Variable k, Variable v, double p, int64_t seed) {
    q = q.contiguous();
    k = k.contiguous();
    v = v.contiguous();
    const int64_t rows = q.size(0), d = q.size(1);
    auto o = at::empty_like(q), z = at::empty_like(q);
    const Dropout dropout(p, seed);
    at::parallel_for(0, rows, kGrain, [&](int64_t begin, int64_t end) {
      attend_rows(begin, end, d, dropout, q.data_ptr<float>(), k.data_ptr<float>(), v.data_ptr<float>(), o.data_ptr<float>(), z.data_ptr<float>());
    });
    ctx->save_for_backward({q, k, v, o, z});
    ctx->saved_data["p"] = p;
    ctx->saved_data["seed"] = seed;
    return o;
  }

  static variable_list backward(AutogradContext* ctx, variable_list gradients) {
    const auto saved = ctx->get_saved_variables();
    const auto &q = saved[0], &k = saved[1], &v = saved[2], &o = saved[3], &z = saved[4];
    const auto g = gradients[0].contiguous();
    const int64_t rows = q.size(0), d = q.size(1);
    auto dq = at::empty_like(q), dk = at::empty_like(q), dv = at::empty_like(q);
    const Dropout dropout(ctx->saved_data["p"].toDouble(), ctx->saved_data["seed"].toInt());
    at::parallel_for(0, rows, kGrain, [&](int64_t begin, int64_t end) {
      attend_rows_back(begin, end, d, dropout, q.data_ptr<float>(), k.data_ptr<float>(), v.data_ptr<float>(), o.data_ptr<float>(),
                       z.data_ptr<float>(), g.data_ptr<float>(), dq.data_ptr<float>(), dk.data_ptr<float>(), dv.data_ptr<float>());
    });
    return {dq, dk, dv, Variable(), Variable()};
  }
};

void check(const at::Tensor& t, const at::Tensor& q) {
  TORCH_CHECK(t.dim() == 2 && t.scalar_type() == at::kFloat && t.device().is_cpu() && t.sizes() == q.sizes() && t.size(1) > 0 && t.size(1) <= kMaxWidth,
              "attention: q, k and v must be float32 matrices of one shape on the CPU, at most ", kMaxWidth, " wide, not ", t.sizes(), " ", t.scalar_type());
}

}  // namespace

// q, k, v: rows x d. p in [0, 1): the share of weights dropped; the same seed drops the same ones.
REARM_API at::Tensor* rearm_attention(const at::Tensor* q, const at::Tensor* k, const at::Tensor* v, double p, int64_t seed) {
  return guarded([&] {
    check(*q, *q);
    check(*k, *q);
    check(*v, *q);
    return p >= 1 ? *v * 0 : Attention::apply(*q, *k, *v, p, seed);
  });
}

// The mask rearm_attention uses, rows x d x d: 0 or 1 / (1 - p). For tests.
REARM_API at::Tensor* rearm_attention_mask(int64_t rows, int64_t d, double p, int64_t seed) {
  return guarded([&] {
    auto mask = at::empty({rows, d, d}, at::kFloat);
    const Dropout dropout(p, seed);
    auto* m = mask.data_ptr<float>();
    for (int64_t row = 0; row < rows; row++)
      for (int64_t a = 0; a < d; a++)
        for (int64_t b = 0; b < d; b++)
          m[(row * d + a) * d + b] = random_bits(key_of(dropout.seed, row, a), (uint32_t)b) >= dropout.threshold ? dropout.scale : 0;
    return mask;
  });
}
