// What is said of a C++ exception that nothing catches. The C++ library's own handler says it once in
// the life of a process, which ends with it; here cells may have many.
//
// Written in C, against the Itanium C++ ABI, so that the build needs no C++ headers.
#define _GNU_SOURCE
#include "faults.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
  void **functions;  // Of its virtual functions, the fifth says whether it catches another type.
  const char *name;
} type_information;

typedef struct {
  void *caught;
  unsigned uncaught;
} exception_globals;

// From the library's record of an exception to the object that was thrown, which follows it.
enum { EXCEPTION_RECORD_BYTES = 112, DO_CATCH = 4, WHAT = 2 };

typedef char (*do_catch)(const type_information *self, const type_information *thrown,
                         void **object, unsigned outer);

static type_information *(*current_type)(void);
static exception_globals *(*globals)(void);
static char *(*demangle)(const char *, char *, size_t *, int *);
static const type_information *base_type;

/// What a `std::exception` says of itself; NULL when the exception is of another kind.
static const char *what(const type_information *type) {
  if (globals == NULL || base_type == NULL || globals()->caught == NULL) return NULL;
  void *object = (char *)globals()->caught + EXCEPTION_RECORD_BYTES;
  do_catch catches = (do_catch)base_type->functions[DO_CATCH];
  if (!catches(base_type, type, &object, 1)) return NULL;
  void **functions = *(void ***)object;
  return ((const char *(*)(void *))functions[WHAT])(object);
}

static void on_terminate(void) {
  const type_information *type = current_type ? current_type() : NULL;
  if (type == NULL) {
    fputs("terminate called without an active exception\n", stderr);
    abort();
  }
  const char *mangled = type->name[0] == '*' ? type->name + 1 : type->name;
  int status = -1;
  char *name = demangle ? demangle(mangled, NULL, NULL, &status) : NULL;
  fprintf(stderr, "terminate called after throwing an instance of '%s'\n",
          status == 0 ? name : mangled);
  free(name);
  const char *text = what(type);
  if (text != NULL) fprintf(stderr, "  what():  %s\n", text);
  abort();
}

void cfaults_report_exceptions(void) {
  void (*(*set_terminate)(void (*)(void)))(void);
  *(void **)&set_terminate = dlsym(RTLD_DEFAULT, "_ZSt13set_terminatePFvvE");
  if (set_terminate == NULL) return;
  *(void **)&current_type = dlsym(RTLD_DEFAULT, "__cxa_current_exception_type");
  *(void **)&globals = dlsym(RTLD_DEFAULT, "__cxa_get_globals");
  *(void **)&demangle = dlsym(RTLD_DEFAULT, "__cxa_demangle");
  base_type = dlsym(RTLD_DEFAULT, "_ZTISt9exception");
  set_terminate(on_terminate);
}
