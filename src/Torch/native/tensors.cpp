// What a tensor knows about itself, gradients included, without going through an operator.
#include "shim.h"

#include <ATen/core/grad_mode.h>
#include <c10/core/InferenceMode.h>
#include <torch/csrc/autograd/autograd.h>

REARM_API void rearm_dispose(at::Tensor* t) { delete t; }

// Another handle to the same tensor, not a copy.
REARM_API at::Tensor* rearm_alias(at::Tensor* t) {
  return guarded<at::Tensor*>(nullptr, [&] { return keep(*t); });
}

REARM_API int64_t rearm_dim(at::Tensor* t) { return t->dim(); }

// shape and strides have room for dim numbers each; strides of a sparse tensor are left as they are.
REARM_API int32_t rearm_shape(at::Tensor* t, int64_t* shape, int64_t* strides) {
  return guarded<int32_t>(-1, [&] {
    for (int64_t i = 0; i < t->dim(); i++) {
      shape[i] = t->size(i);
      if (strides != nullptr && t->layout() == c10::kStrided) strides[i] = t->stride(i);
    }
    return 0;
  });
}

REARM_API int64_t rearm_numel(at::Tensor* t) {
  return guarded<int64_t>(-1, [&] { return t->numel(); });
}

REARM_API int32_t rearm_dtype(at::Tensor* t) { return static_cast<int32_t>(t->scalar_type()); }
REARM_API int32_t rearm_layout(at::Tensor* t) { return static_cast<int32_t>(t->layout()); }
REARM_API int32_t rearm_device_type(at::Tensor* t) { return static_cast<int32_t>(t->device().type()); }
REARM_API int32_t rearm_device_index(at::Tensor* t) { return t->device().index(); }
REARM_API int32_t rearm_is_contiguous(at::Tensor* t) { return t->is_contiguous(); }

REARM_API void* rearm_data(at::Tensor* t) {
  return guarded<void*>(nullptr, [&] { return t->data_ptr(); });
}

REARM_API int32_t rearm_requires_grad(at::Tensor* t) { return t->requires_grad(); }
REARM_API int32_t rearm_is_leaf(at::Tensor* t) { return t->is_leaf(); }

REARM_API int32_t rearm_set_requires_grad(at::Tensor* t, int32_t value) {
  return guarded<int32_t>(-1, [&] { t->set_requires_grad(value != 0); return 0; });
}

REARM_API int32_t rearm_retain_grad(at::Tensor* t) {
  return guarded<int32_t>(-1, [&] { t->retain_grad(); return 0; });
}

// Null without a message where there is no gradient.
REARM_API at::Tensor* rearm_grad(at::Tensor* t) {
  return guarded<at::Tensor*>(nullptr, [&]() -> at::Tensor* {
    set_error("");
    const at::Tensor& g = t->grad();
    return g.defined() ? keep(g) : nullptr;
  });
}

// A null gradient clears it.
REARM_API int32_t rearm_set_grad(at::Tensor* t, at::Tensor* gradient) {
  return guarded<int32_t>(-1, [&] { t->mutable_grad() = gradient ? *gradient : at::Tensor(); return 0; });
}

static torch::autograd::variable_list list_of(at::Tensor** tensors, int32_t count) {
  torch::autograd::variable_list list;
  for (int32_t i = 0; i < count; i++) list.push_back(tensors[i] ? *tensors[i] : at::Tensor());
  return list;
}

REARM_API int32_t rearm_backward(
    at::Tensor** tensors, int32_t count, at::Tensor** gradients, int32_t gradient_count, int32_t retain_graph, int32_t create_graph) {
  return guarded<int32_t>(-1, [&] {
    torch::autograd::backward(list_of(tensors, count), list_of(gradients, gradient_count), retain_graph != 0, create_graph != 0);
    return 0;
  });
}

// Gradients of outputs by inputs; found has room for input_count handles, null where unused.
REARM_API int32_t rearm_autograd_grad(
    at::Tensor** outputs, int32_t output_count, at::Tensor** inputs, int32_t input_count, at::Tensor** gradients,
    int32_t gradient_count, int32_t retain_graph, int32_t create_graph, int32_t allow_unused, at::Tensor** found) {
  return guarded<int32_t>(-1, [&] {
    auto result = torch::autograd::grad(
        list_of(outputs, output_count), list_of(inputs, input_count), list_of(gradients, gradient_count), retain_graph != 0,
        create_graph != 0, allow_unused != 0);
    for (size_t i = 0; i < result.size(); i++) found[i] = result[i].defined() ? keep(result[i]) : nullptr;
    return 0;
  });
}

REARM_API int32_t rearm_grad_mode() { return at::GradMode::is_enabled(); }
REARM_API void rearm_set_grad_mode(int32_t enabled) { at::GradMode::set_enabled(enabled != 0); }

REARM_API void* rearm_inference_begin(int32_t enabled) { return new c10::InferenceMode(enabled != 0); }
REARM_API void rearm_inference_end(void* guard) { delete static_cast<c10::InferenceMode*>(guard); }
REARM_API int32_t rearm_is_inference() { return c10::InferenceMode::is_enabled(); }
