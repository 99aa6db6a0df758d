#include "CMicroHTTPD.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define FUNCTIONS(X)                                                                                 \
  X(MHD_start_daemon) X(MHD_quiesce_daemon) X(MHD_stop_daemon) X(MHD_http_unescape)                  \
  X(MHD_get_connection_values) X(MHD_get_connection_info) X(MHD_create_response_from_buffer)         \
  X(MHD_create_response_from_fd_at_offset64) X(MHD_create_response_from_callback)                    \
  X(MHD_add_response_header) X(MHD_queue_response) X(MHD_destroy_response)                           \
  X(MHD_suspend_connection) X(MHD_resume_connection)

static struct {
#define DECLARE(name) __typeof__(&name) name;
  FUNCTIONS(DECLARE)
} library;

int martlet_http_load(char *message, size_t size) {
  void *handle = dlopen("libmicrohttpd.so.12", RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    snprintf(message, size, "%s", dlerror());
    return 0;
  }
#define FIND(name)                                                                                   \
  if (!(library.name = (__typeof__(&name))dlsym(handle, #name))) {                                   \
    snprintf(message, size, "%s", dlerror());                                                        \
    return 0;                                                                                        \
  }
  FUNCTIONS(FIND)
  return 1;
}

/// Resolves percent escapes, but not in a text with an escaped NUL, which would end it for C.
static size_t unescape(void *context, struct MHD_Connection *connection, char *text) {
  (void)context;
  (void)connection;
  return strstr(text, "%00") ? strlen(text) : library.MHD_http_unescape(text);
}

/// Where the thread that starts a server wants to know what went wrong.
static _Thread_local struct {
  char *message;
  size_t size;
} starting;

/// Keeps what the library says while a server starts; what it says of single connections later is of no use.
static void note(void *context, const char *format, va_list values) {
  (void)context;
  if (starting.message) vsnprintf(starting.message, starting.size, format, values);
}

/// What libmicrohttpd takes of a connection's memory for an argument, and what headers and the answer need of it.
enum { ARGUMENT_BYTES = 64, OTHER_BYTES = 8 * 1024 };

/// Has an address with more arguments than there is memory for mean `MARTLET_HTTP_TOO_MANY_ARGUMENTS` instead:
/// libmicrohttpd 0.9.75 takes them apart after this call, and forgets to answer when its memory runs out.
static void *look_at_address(void *memory, const char *address, struct MHD_Connection *connection) {
  (void)connection;
  // The text is in the connection's own memory, and not needed any more where it is overwritten.
  char *start = (char *)address, *query = strchr(start, '?');
  if (!query) return NULL;
  size_t count = 1;
  for (const char *byte = query; *byte; byte++) count += *byte == '&';
  if (strlen(start) + count * ARGUMENT_BYTES + OTHER_BYTES < (size_t)memory) return NULL;
  query[1] = 0;
  snprintf(start, (size_t)(query - address) + 1, "%s", MARTLET_HTTP_TOO_MANY_ARGUMENTS);
  return NULL;
}

struct MHD_Daemon *martlet_http_start(const struct martlet_http_options *options, char *message, size_t size) {
  unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG;
  struct MHD_OptionItem tls[] = {
    {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)options->certificate},
    {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)options->key},
    {MHD_OPTION_HTTPS_PRIORITIES, 0, "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"},
    {MHD_OPTION_END, 0, NULL},
  };
  if (options->certificate) flags |= MHD_USE_TLS;
  else tls[0].option = MHD_OPTION_END;
  snprintf(message, size, "unknown reason");
  starting.message = message;
  starting.size = size;
  struct MHD_Daemon *daemon = library.MHD_start_daemon(
      flags, 0, NULL, NULL, options->handler, options->context,
      MHD_OPTION_EXTERNAL_LOGGER, note, NULL,
      MHD_OPTION_LISTEN_SOCKET, options->listener, MHD_OPTION_THREAD_POOL_SIZE, options->threads,
      MHD_OPTION_CONNECTION_TIMEOUT, options->timeout, MHD_OPTION_CONNECTION_LIMIT, options->connections,
      MHD_OPTION_UNESCAPE_CALLBACK, unescape, NULL, MHD_OPTION_CONNECTION_MEMORY_LIMIT, options->head_size,
      MHD_OPTION_URI_LOG_CALLBACK, look_at_address, (void *)options->head_size,
      MHD_OPTION_NOTIFY_COMPLETED, options->completed, options->context,
      MHD_OPTION_NOTIFY_CONNECTION, options->notified, options->context, MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
  starting.message = NULL;
  return daemon;
}

int martlet_http_quiesce(struct MHD_Daemon *daemon) { return library.MHD_quiesce_daemon(daemon); }
void martlet_http_stop(struct MHD_Daemon *daemon) { library.MHD_stop_daemon(daemon); }

int martlet_http_values(struct MHD_Connection *connection, enum MHD_ValueKind kind,
                        MHD_KeyValueIterator visitor, void *context) {
  return library.MHD_get_connection_values(connection, kind, visitor, context);
}

int martlet_http_socket(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = library.MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
  return info ? info->connect_fd : -1;
}

const struct sockaddr *martlet_http_peer(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = library.MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  return info ? info->client_addr : NULL;
}

struct MHD_Response *martlet_http_response(const void *bytes, size_t count) {
  return library.MHD_create_response_from_buffer(count, (void *)bytes, MHD_RESPMEM_MUST_COPY);
}

struct MHD_Response *martlet_http_file_response(uint64_t count, int descriptor, uint64_t offset) {
  return library.MHD_create_response_from_fd_at_offset64(count, descriptor, offset);
}

struct MHD_Response *martlet_http_stream_response(MHD_ContentReaderCallback read, void *context,
                                                  MHD_ContentReaderFreeCallback released) {
  return library.MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, read, context, released);
}

void martlet_http_add_header(struct MHD_Response *response, const char *name, const char *value) {
  library.MHD_add_response_header(response, name, value);
}

enum MHD_Result martlet_http_queue(struct MHD_Connection *connection, unsigned status,
                                   struct MHD_Response *response) {
  return library.MHD_queue_response(connection, status, response);
}

void martlet_http_release(struct MHD_Response *response) { library.MHD_destroy_response(response); }

void martlet_http_suspend(struct MHD_Connection *connection) { library.MHD_suspend_connection(connection); }
void martlet_http_resume(struct MHD_Connection *connection) { library.MHD_resume_connection(connection); }
