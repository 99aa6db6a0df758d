#include "CSourceKit.h"

#include <dlfcn.h>
#include <malloc.h>
#include <stdio.h>
#include <string.h>

static char failure[512];

/// Stores the address of `sourcekitd_<name>` in `slot`; answers whether it was found.
static bool find(void *library, const char *name, void *slot) {
  char symbol[128];
  snprintf(symbol, sizeof symbol, "sourcekitd_%s", name);
  void *address = dlsym(library, symbol);
  if (address == NULL) {
    snprintf(failure, sizeof failure, "it has no function %s", symbol);
    return false;
  }
  // A copy, because ISO C has no conversion from an object pointer to a function pointer.
  memcpy(slot, &address, sizeof address);
  return true;
}

const char *csourcekit_load(const char *path, csourcekit_functions *functions) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) {
    const char *reason = dlerror();
    snprintf(failure, sizeof failure, "%s", reason ? reason : "unknown reason");
    return failure;
  }
#define FIND(name) \
  if (!find(library, #name, &functions->name)) return failure;
  FIND(initialize)
  FIND(uid_get_from_cstr)
  FIND(uid_get_string_ptr)
  FIND(request_dictionary_create)
  FIND(request_dictionary_set_value)
  FIND(request_array_create)
  FIND(request_array_set_value)
  FIND(request_int64_create)
  FIND(request_string_create)
  FIND(request_uid_create)
  FIND(request_release)
  FIND(send_request_sync)
  FIND(response_is_error)
  FIND(response_error_get_description)
  FIND(response_get_value)
  FIND(response_dispose)
  FIND(variant_get_type)
  FIND(variant_dictionary_get_value)
  FIND(variant_dictionary_get_int64)
  FIND(variant_dictionary_get_string)
  FIND(variant_dictionary_get_uid)
  FIND(variant_array_get_count)
  FIND(variant_array_get_value)
#undef FIND
  return NULL;
}

void csourcekit_trim_memory(void) { malloc_trim(0); }
