// What is said of a C++ exception that nothing catches. The library's own handler says it once in the
// life of a process, which ends with it; here cells may have many.
#include <cstdio>
#include <cstdlib>
#include <cxxabi.h>
#include <exception>
#include <typeinfo>

extern "C" void cfaults_report_exceptions(void);

namespace {

void print_exception() {
  const std::type_info *type = abi::__cxa_current_exception_type();
  if (type == nullptr) {
    std::fputs("terminate called without an active exception\n", stderr);
    return;
  }
  int status = -1;
  char *name = abi::__cxa_demangle(type->name(), nullptr, nullptr, &status);
  std::fprintf(stderr, "terminate called after throwing an instance of '%s'\n",
               status == 0 ? name : type->name());
  std::free(name);
  try {
    throw;
  } catch (const std::exception &error) {
    std::fprintf(stderr, "  what():  %s\n", error.what());
  } catch (...) {
  }
}

[[noreturn]] void on_terminate() {
  print_exception();
  std::abort();
}

}  // namespace

void cfaults_report_exceptions(void) { std::set_terminate(on_terminate); }
