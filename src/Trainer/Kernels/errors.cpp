#include "kernels.h"

static thread_local std::string last_error;

void set_error(const std::string& message) { last_error = message; }

REARM_API const char* rearm_kernels_error() { return last_error.c_str(); }
