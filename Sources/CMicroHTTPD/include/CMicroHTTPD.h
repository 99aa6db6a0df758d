#pragma once

#include <arpa/inet.h>
#include <microhttpd.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

// libmicrohttpd by its own names behind `martlet_http_`. The library, which brings GnuTLS, is loaded when a server starts, so that
// programs that only might serve start without it.

/// Loads the library once; returns 0 and says why in `message` when that fails. The other functions need it.
int martlet_http_load(char *message, size_t size);

/// The path that stands for an address with more arguments than a connection's memory holds.
#define MARTLET_HTTP_TOO_MANY_ARGUMENTS "/..."

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
  /// The certificates and the key in PEM, or null to serve without TLS.
  const char *certificate, *key;
  MHD_AccessHandlerCallback handler;
  MHD_RequestCompletedCallback completed;
  MHD_NotifyConnectionCallback notified;
  void *context;
};

/// Starts to serve on threads of its own; returns null and says why in `message` when that fails.
struct MHD_Daemon *martlet_http_start(const struct martlet_http_options *options, char *message, size_t size);
/// Takes no more connections; returns the socket that listened.
int martlet_http_quiesce(struct MHD_Daemon *daemon);
void martlet_http_stop(struct MHD_Daemon *daemon);

int martlet_http_values(struct MHD_Connection *connection, enum MHD_ValueKind kind,
                        MHD_KeyValueIterator visitor, void *context);
/// The connection's socket, or -1.
int martlet_http_socket(struct MHD_Connection *connection);
/// Who is at the other end, or null.
const struct sockaddr *martlet_http_peer(struct MHD_Connection *connection);

struct MHD_Response *martlet_http_response(const void *bytes, size_t count);
struct MHD_Response *martlet_http_file_response(uint64_t count, int descriptor, uint64_t offset);
/// A response without an end that is known: `read` gives the next bytes, and `released` is called at the end.
struct MHD_Response *martlet_http_stream_response(MHD_ContentReaderCallback read, void *context,
                                                  MHD_ContentReaderFreeCallback released);
void martlet_http_add_header(struct MHD_Response *response, const char *name, const char *value);
enum MHD_Result martlet_http_queue(struct MHD_Connection *connection, unsigned status,
                                   struct MHD_Response *response);
/// Gives a response back that was queued, or will not be.
void martlet_http_release(struct MHD_Response *response);

void martlet_http_suspend(struct MHD_Connection *connection);
void martlet_http_resume(struct MHD_Connection *connection);
