#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The part of the sourcekitd C interface that Martlet uses. The toolchain ships the library
// `libsourcekitdInProc.so` without a header, so the declarations are ours and every function is
// looked up by name when the library is loaded.

/// An interned name such as `key.offset` or `source.request.cursorinfo`.
typedef void *csourcekit_uid;

/// A request or a part of one; counted references.
typedef void *csourcekit_object;

/// A reply, which owns every variant taken out of it.
typedef void *csourcekit_response;

/// A value inside a reply: three words that only the library understands.
typedef struct {
  uint64_t words[3];
} csourcekit_variant;

/// What `variant_get_type` answers.
enum {
  CSOURCEKIT_NULL = 0,
  CSOURCEKIT_DICTIONARY = 1,
  CSOURCEKIT_ARRAY = 2,
  CSOURCEKIT_INT64 = 3,
  CSOURCEKIT_STRING = 4,
  CSOURCEKIT_UID = 5,
  CSOURCEKIT_BOOL = 6,
};

/// The functions of a loaded library.
typedef struct {
  void (*initialize)(void);
  csourcekit_uid (*uid_get_from_cstr)(const char *text);
  const char *(*uid_get_string_ptr)(csourcekit_uid uid);

  csourcekit_object (*request_dictionary_create)(
      const csourcekit_uid *keys, const csourcekit_object *values, size_t count);
  void (*request_dictionary_set_value)(
      csourcekit_object dictionary, csourcekit_uid key, csourcekit_object value);
  csourcekit_object (*request_array_create)(const csourcekit_object *values, size_t count);
  void (*request_array_set_value)(csourcekit_object array, size_t index, csourcekit_object value);
  csourcekit_object (*request_int64_create)(int64_t value);
  csourcekit_object (*request_string_create)(const char *text);
  csourcekit_object (*request_uid_create)(csourcekit_uid uid);
  void (*request_release)(csourcekit_object object);

  csourcekit_response (*send_request_sync)(csourcekit_object request);
  bool (*response_is_error)(csourcekit_response response);
  const char *(*response_error_get_description)(csourcekit_response response);
  csourcekit_variant (*response_get_value)(csourcekit_response response);
  void (*response_dispose)(csourcekit_response response);

  int (*variant_get_type)(csourcekit_variant variant);
  csourcekit_variant (*variant_dictionary_get_value)(csourcekit_variant variant, csourcekit_uid key);
  int64_t (*variant_dictionary_get_int64)(csourcekit_variant variant, csourcekit_uid key);
  const char *(*variant_dictionary_get_string)(csourcekit_variant variant, csourcekit_uid key);
  csourcekit_uid (*variant_dictionary_get_uid)(csourcekit_variant variant, csourcekit_uid key);
  size_t (*variant_array_get_count)(csourcekit_variant variant);
  csourcekit_variant (*variant_array_get_value)(csourcekit_variant variant, size_t index);
} csourcekit_functions;

/// Loads the library at `path` and fills `functions`.
///
/// Returns `NULL` on success, else why it failed: text that stays valid until the next call.
const char *csourcekit_load(const char *path, csourcekit_functions *functions);

/// Gives freed memory back to the system.
void csourcekit_trim_memory(void);
