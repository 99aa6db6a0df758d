#pragma once

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

/// What `martlet_http_start` needs; libmicrohttpd takes it as variable arguments, which Swift cannot give.
struct martlet_http_options {
  /// A socket that listens.
  int listener;
  unsigned threads;
  /// How long a connection may be silent, in seconds.
  unsigned timeout;
  unsigned connections;
  /// The most bytes of a request's head.
  size_t head_size;
  MHD_AccessHandlerCallback handler;
  MHD_RequestCompletedCallback completed;
  void *context;
};

/// Resolves percent escapes, but not in a text with an escaped NUL, which would end it for C.
static inline size_t martlet_http_unescape(void *context, struct MHD_Connection *connection, char *text) {
  (void)context;
  (void)connection;
  return strstr(text, "%00") ? strlen(text) : MHD_http_unescape(text);
}

/// Starts to serve on threads of its own; returns null when that fails.
static inline struct MHD_Daemon *martlet_http_start(const struct martlet_http_options *options) {
  return MHD_start_daemon(
      MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC, 0, NULL, NULL, options->handler,
      options->context, MHD_OPTION_LISTEN_SOCKET, options->listener,
      MHD_OPTION_THREAD_POOL_SIZE, options->threads, MHD_OPTION_CONNECTION_TIMEOUT,
      options->timeout, MHD_OPTION_CONNECTION_LIMIT, options->connections,
      MHD_OPTION_UNESCAPE_CALLBACK, martlet_http_unescape, NULL, MHD_OPTION_CONNECTION_MEMORY_LIMIT, options->head_size, MHD_OPTION_NOTIFY_COMPLETED,
      options->completed, options->context, MHD_OPTION_END);
}
