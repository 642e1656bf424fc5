// Calls any ATen operator by name through the dispatcher.
#include "shim.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue.h>
#include <cstring>

static thread_local std::string last_error;

void set_error(const std::string& message) { last_error = message; }

REARM_API const char* rearm_error() { return last_error.c_str(); }

// The operator "aten::name" or "aten::name.overload"; null when this libtorch has none. Never freed.
REARM_API void* rearm_operator(const char* name, const char* overload) {
  return guarded<void*>(nullptr, [&]() -> void* {
    auto found = c10::Dispatcher::singleton().findSchema({name, overload});
    if (!found) {
      set_error(std::string("this libtorch has no operator ") + name + (*overload ? "." : "") + overload);
      return nullptr;
    }
    return new c10::OperatorHandle(*found);
  });
}

static c10::IValue to_ivalue(const Value& v) {
  switch (v.tag) {
    case kTensor: return *reinterpret_cast<at::Tensor*>(v.bits);
    case kInt: return v.bits;
    case kDouble: { double d; std::memcpy(&d, &v.bits, sizeof d); return d; }
    case kBool: return v.bits != 0;
    case kIntList: {
      auto p = reinterpret_cast<const int64_t*>(v.bits);
      return c10::IValue(std::vector<int64_t>(p, p + v.count));
    }
    case kDoubleList: {
      auto p = reinterpret_cast<const double*>(v.bits);
      return c10::IValue(std::vector<double>(p, p + v.count));
    }
    case kTensorList: {
      auto p = reinterpret_cast<at::Tensor**>(v.bits);
      c10::List<at::Tensor> list;
      list.reserve(v.count);
      for (int32_t i = 0; i < v.count; i++) list.push_back(*p[i]);
      return c10::IValue(std::move(list));
    }
    case kOptTensorList: {
      auto p = reinterpret_cast<at::Tensor**>(v.bits);
      c10::List<c10::optional<at::Tensor>> list;
      list.reserve(v.count);
      for (int32_t i = 0; i < v.count; i++)
        list.push_back(p[i] ? c10::optional<at::Tensor>(*p[i]) : c10::optional<at::Tensor>());
      return c10::IValue(std::move(list));
    }
    case kDevice:
      return c10::IValue(c10::Device(
          static_cast<c10::DeviceType>(v.bits >> 16), static_cast<c10::DeviceIndex>(static_cast<int16_t>(v.bits & 0xffff))));
    case kString: return std::string(reinterpret_cast<const char*>(v.bits));
    default: return c10::IValue();
  }
}

static Value to_value(const c10::IValue& v) {
  if (v.isTensor()) {
    // An undefined tensor (no gradient, say) is None on the managed side.
    return v.toTensor().defined() ? Value{kTensor, 0, reinterpret_cast<int64_t>(keep(v.toTensor()))} : Value{kNone, 0, 0};
  }
  if (v.isInt()) return {kInt, 0, v.toInt()};
  if (v.isBool()) return {kBool, 0, v.toBool()};
  if (v.isDouble()) {
    Value r{kDouble, 0, 0};
    double d = v.toDouble();
    std::memcpy(&r.bits, &d, sizeof d);
    return r;
  }
  if (v.isTensorList()) {
    auto list = v.toTensorVector();
    auto p = new at::Tensor*[list.size()];
    for (size_t i = 0; i < list.size(); i++) p[i] = keep(list[i]);
    return {kTensorList, static_cast<int32_t>(list.size()), reinterpret_cast<int64_t>(p)};
  }
  if (v.isNone()) return {kNone, 0, 0};
  throw std::runtime_error("an operator returned a kind of value the shim does not know: " + v.tagKind());
}

// Calls op; arguments beyond count take the schema's defaults. Returns the number of results written.
REARM_API int32_t rearm_call(void* op, const Value* args, int32_t count, Value* results, int32_t capacity) {
  return guarded<int32_t>(-1, [&]() -> int32_t {
    auto& handle = *static_cast<c10::OperatorHandle*>(op);
    const auto& parameters = handle.schema().arguments();
    if (static_cast<size_t>(count) > parameters.size())
      throw std::runtime_error("takes at most " + std::to_string(parameters.size()) + " arguments");
    torch::jit::Stack stack;
    stack.reserve(parameters.size());
    for (int32_t i = 0; i < count; i++) stack.push_back(to_ivalue(args[i]));
    for (size_t i = count; i < parameters.size(); i++) {
      if (!parameters[i].default_value()) throw std::runtime_error("argument '" + parameters[i].name() + "' is missing");
      stack.push_back(*parameters[i].default_value());
    }
    handle.callBoxed(&stack);
    if (stack.size() > static_cast<size_t>(capacity)) throw std::runtime_error("too many results");
    for (size_t i = 0; i < stack.size(); i++) results[i] = to_value(stack[i]);
    return static_cast<int32_t>(stack.size());
  });
}

REARM_API void rearm_free_list(at::Tensor** list) { delete[] list; }
