#define _GNU_SOURCE
#include "CCurl.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

// libcurl's interface, as far as it is used. Its numbers never change (see ABI.md in its sources), and it is loaded when
// the first request is made: neither its headers are needed to build, nor the library by those who send nothing.

enum option {
  PROTOCOLS = 181, REDIR_PROTOCOLS = 182, SSLVERSION = 32, NOSIGNAL = 99, NOPROGRESS = 43, NOBODY = 44, UPLOAD = 46,
  FOLLOWLOCATION = 52, MAXREDIRS = 68, SSL_VERIFYPEER = 64, SSL_VERIFYHOST = 81, LOW_SPEED_LIMIT = 19,
  LOW_SPEED_TIME = 20, TIMEOUT_MS = 155, CONNECTTIMEOUT_MS = 156, HTTPGET = 80, SUPPRESS_CONNECT_HEADERS = 265,
  TCP_KEEPALIVE = 213,
  WRITEDATA = 10001, URL = 10002, READDATA = 10009, ERRORBUFFER = 10010, HTTPHEADER = 10023, SSLCERT = 10025,
  HEADERDATA = 10029, CUSTOMREQUEST = 10036, XFERINFODATA = 10057, CAINFO = 10065, SEEKDATA = 10168,
  WRITEFUNCTION = 20011, READFUNCTION = 20012, HEADERFUNCTION = 20079, SEEKFUNCTION = 20167, XFERINFOFUNCTION = 20219,
  INFILESIZE_LARGE = 30115,
};
enum { RESPONSE_CODE = 0x200002, ERROR_SIZE = 256, ONLY_HTTP = 3, TLS_1_2 = 6, READ_ABORT = 0x10000000 };

static struct {
  int (*global_init)(long);
  void *(*easy_init)(void);
  void (*easy_cleanup)(void *);
  void (*easy_reset)(void *);
  int (*easy_setopt)(void *, int, ...);
  int (*easy_getinfo)(void *, int, ...);
  int (*easy_perform)(void *);
  const char *(*easy_strerror)(int);
  void *(*slist_append)(void *, const char *);
  void (*slist_free_all)(void *);
} curl;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static char load_failure[512];

static int load(void *library, void *target, const char *symbol) {
  void *found = dlsym(library, symbol);
  if (!found) {
    snprintf(load_failure, sizeof load_failure, "%s", dlerror());
    return 0;
  }
  memcpy(target, &found, sizeof found);
  return 1;
}

static void load_all(void) {
  void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    snprintf(load_failure, sizeof load_failure, "%s", dlerror());
    library = dlopen("libcurl-gnutls.so.4", RTLD_NOW | RTLD_LOCAL);
    if (!library) return;
    load_failure[0] = 0;
  }
  int found = load(library, &curl.global_init, "curl_global_init") && load(library, &curl.easy_init, "curl_easy_init")
      && load(library, &curl.easy_cleanup, "curl_easy_cleanup") && load(library, &curl.easy_reset, "curl_easy_reset")
      && load(library, &curl.easy_setopt, "curl_easy_setopt") && load(library, &curl.easy_getinfo, "curl_easy_getinfo")
      && load(library, &curl.easy_perform, "curl_easy_perform")
      && load(library, &curl.easy_strerror, "curl_easy_strerror")
      && load(library, &curl.slist_append, "curl_slist_append")
      && load(library, &curl.slist_free_all, "curl_slist_free_all");
  // 3 is everything that libcurl can prepare.
  if (found && curl.global_init(3) != 0) snprintf(load_failure, sizeof load_failure, "libcurl cannot be initialised");
}

struct ccurl_session {
  void *easy;
  atomic_int is_cancelled;
};

ccurl_session *ccurl_open(char *message, size_t message_size) {
  pthread_once(&once, load_all);
  if (load_failure[0]) {
    snprintf(message, message_size, "%s", load_failure);
    return NULL;
  }
  ccurl_session *session = calloc(1, sizeof *session);
  if (session) session->easy = curl.easy_init();
  if (session && session->easy) return session;
  free(session);
  snprintf(message, message_size, "there is not enough memory");
  return NULL;
}

void ccurl_close(ccurl_session *session) {
  if (!session) return;
  curl.easy_cleanup(session->easy);
  free(session);
}

void ccurl_cancel(ccurl_session *session, int cancels) { atomic_store(&session->is_cancelled, cancels); }

struct buffer {
  uint8_t *bytes;
  size_t count, capacity;
};

static int append(struct buffer *buffer, const void *bytes, size_t count) {
  if (buffer->count + count > buffer->capacity) {
    size_t capacity = 2 * (buffer->count + count);
    uint8_t *grown = realloc(buffer->bytes, capacity);
    if (!grown) return 0;
    buffer->bytes = grown;
    buffer->capacity = capacity;
  }
  memcpy(buffer->bytes + buffer->count, bytes, count);
  buffer->count += count;
  return 1;
}

/// One request on its way.
struct transfer {
  ccurl_session *session;
  const struct ccurl_request *request;
  struct buffer headers, body;
  int64_t sent;
  int result, file_error;
};

static size_t take_header(char *bytes, size_t size, size_t count, void *context) {
  struct transfer *transfer = context;
  // Each answer begins anew: the one before was a provisional one, or a redirect.
  if (size * count > 5 && memcmp(bytes, "HTTP/", 5) == 0) transfer->headers.count = 0;
  if (transfer->headers.count + size * count > 1 << 20 || !append(&transfer->headers, bytes, size * count)) {
    transfer->result = CCURL_TOO_LARGE;
    return 0;
  }
  return size * count;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *context) {
  struct transfer *transfer = context;
  const struct ccurl_request *request = transfer->request;
  size_t total = size * count;
  long status = 0;
  curl.easy_getinfo(transfer->session->easy, RESPONSE_CODE, &status);
  int is_success = status >= 200 && status < 300;
  if (is_success && request->receiver) {
    if (request->receiver(request->context, (const uint8_t *)bytes, total) == 0) return total;
    transfer->result = CCURL_REFUSED;
    return 0;
  }
  if (is_success && request->output >= 0) {
    for (size_t written = 0; written < total;) {
      ssize_t part = write(request->output, bytes + written, total - written);
      if (part < 0 && errno == EINTR) continue;
      if (part < 0) {
        transfer->result = CCURL_FILE;
        transfer->file_error = errno;
        return 0;
      }
      written += (size_t)part;
    }
    return total;
  }
  if ((int64_t)(transfer->body.count + total) > request->body_limit || !append(&transfer->body, bytes, total)) {
    transfer->result = CCURL_TOO_LARGE;
    return 0;
  }
  return total;
}

static size_t give_body(char *target, size_t size, size_t count, void *context) {
  struct transfer *transfer = context;
  const struct ccurl_request *request = transfer->request;
  int64_t wanted = (int64_t)(size * count), left = request->body_count - transfer->sent;
  if (wanted > left) wanted = left;
  if (wanted == 0) return 0;
  if (request->file < 0) {
    memcpy(target, request->body + transfer->sent, (size_t)wanted);
  } else {
    ssize_t part;
    do part = pread(request->file, target, (size_t)wanted, request->file_offset + transfer->sent);
    while (part < 0 && errno == EINTR);
    if (part <= 0) {
      // A file that has become shorter would leave the server waiting for the rest.
      transfer->result = CCURL_FILE;
      transfer->file_error = part < 0 ? errno : ENODATA;
      return READ_ABORT;
    }
    wanted = part;
  }
  transfer->sent += wanted;
  return (size_t)wanted;
}

/// A body is sent again when the server has closed a connection that was kept.
static int seek_body(void *context, int64_t offset, int origin) {
  struct transfer *transfer = context;
  if (origin != SEEK_SET || offset < 0 || offset > transfer->request->body_count) return 1;
  transfer->sent = offset;
  return 0;
}

static int look_at_progress(void *context, int64_t a, int64_t b, int64_t c, int64_t d) {
  (void)a, (void)b, (void)c, (void)d;
  return atomic_load(&((struct transfer *)context)->session->is_cancelled);
}

/// From how many bytes on a server is asked first whether it wants a body.
enum { LARGE_BODY = 1 << 20 };

static void *prepare(struct transfer *transfer, char *error) {
  void *easy = transfer->session->easy;
  const struct ccurl_request *request = transfer->request;
  int (*set)(void *, int, ...) = curl.easy_setopt;
  curl.easy_reset(easy);
  set(easy, ERRORBUFFER, error);
  set(easy, URL, request->url);
  set(easy, PROTOCOLS, (long)ONLY_HTTP);
  set(easy, REDIR_PROTOCOLS, (long)ONLY_HTTP);
  set(easy, NOSIGNAL, 1L);
  set(easy, TCP_KEEPALIVE, 1L);
  set(easy, SUPPRESS_CONNECT_HEADERS, 1L);
  set(easy, SSLVERSION, (long)TLS_1_2);
  set(easy, CONNECTTIMEOUT_MS, request->connect_milliseconds);
  set(easy, TIMEOUT_MS, request->total_milliseconds);
  if (request->stall_seconds > 0) {
    set(easy, LOW_SPEED_LIMIT, 1L);
    set(easy, LOW_SPEED_TIME, request->stall_seconds);
  }
  set(easy, FOLLOWLOCATION, (long)request->follows_redirects);
  set(easy, MAXREDIRS, 10L);
  set(easy, SSL_VERIFYPEER, request->verifies_certificates ? 1L : 0L);
  set(easy, SSL_VERIFYHOST, request->verifies_certificates ? 2L : 0L);
  if (request->authorities) set(easy, CAINFO, request->authorities);
  if (request->client_certificate) set(easy, SSLCERT, request->client_certificate);
  set(easy, HEADERFUNCTION, take_header);
  set(easy, HEADERDATA, transfer);
  set(easy, WRITEFUNCTION, take_body);
  set(easy, WRITEDATA, transfer);
  set(easy, NOPROGRESS, 0L);
  set(easy, XFERINFOFUNCTION, look_at_progress);
  set(easy, XFERINFODATA, transfer);
  if (request->has_body) {
    set(easy, UPLOAD, 1L);
    set(easy, INFILESIZE_LARGE, request->body_count);
    set(easy, READFUNCTION, give_body);
    set(easy, READDATA, transfer);
    set(easy, SEEKFUNCTION, seek_body);
    set(easy, SEEKDATA, transfer);
  } else if (strcmp(request->method, "HEAD") == 0) {
    set(easy, NOBODY, 1L);
  } else {
    set(easy, HTTPGET, 1L);
  }
  set(easy, CUSTOMREQUEST, request->method);
  void *list = NULL;
  for (size_t i = 0; i < request->header_count; i++) list = curl.slist_append(list, request->headers[i]);
  // A server or proxy that does not know `Expect` keeps libcurl waiting for a second.
  if (request->has_body && request->body_count < LARGE_BODY) list = curl.slist_append(list, "Expect:");
  set(easy, HTTPHEADER, list);
  return list;
}

/// What libcurl's error number means.
static int meaning(int code) {
  switch (code) {
    case 0: return CCURL_DONE;
    // An unknown proxy, an unknown host, no connection.
    case 5: case 6: case 7: return CCURL_UNREACHABLE;
    case 28: return CCURL_TIMED_OUT;
    case 42: return CCURL_CANCELLED;
    case 35: case 51: case 53: case 54: case 58: case 59: case 60: case 64: case 66: case 77: case 80: case 82:
    case 83: case 90: case 91: case 98: return CCURL_TLS;
    default: return CCURL_FAILED;
  }
}

int ccurl_perform(
    ccurl_session *session, const struct ccurl_request *request, struct ccurl_response *response,
    char *message, size_t message_size) {
  struct transfer transfer = {.session = session, .request = request};
  char error[ERROR_SIZE] = "";
  void *list = prepare(&transfer, error);

  // A server that goes away while it is written to must not end the process.
  sigset_t pipe, before, waiting;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  sigpending(&waiting);
  int was_waiting = sigismember(&waiting, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, &before);
  int code = curl.easy_perform(session->easy);
  struct timespec none = {0, 0};
  if (!was_waiting) while (sigtimedwait(&pipe, NULL, &none) < 0 && errno == EINTR) {}
  pthread_sigmask(SIG_SETMASK, &before, NULL);

  long status = 0;
  curl.easy_getinfo(session->easy, RESPONSE_CODE, &status);
  curl.slist_free_all(list);
  // What libcurl was given lies on this function's stack.
  curl.easy_reset(session->easy);
  int result = transfer.result ? transfer.result : meaning(code);
  if (result != CCURL_DONE) {
    const char *text = error[0] ? error : curl.easy_strerror(code);
    snprintf(message, message_size, "%s", transfer.file_error ? strerror(transfer.file_error) : text);
    free(transfer.headers.bytes);
    free(transfer.body.bytes);
    return result;
  }
  response->status = (int)status;
  response->headers = (char *)transfer.headers.bytes;
  response->header_count = transfer.headers.count;
  response->body = transfer.body.bytes;
  response->body_count = transfer.body.count;
  return CCURL_DONE;
}
