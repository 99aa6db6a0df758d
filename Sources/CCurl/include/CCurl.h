#ifndef CCURL_H
#define CCURL_H

#include <stddef.h>
#include <stdint.h>

/// Connections that are kept open between requests. One thread uses it at a time; any may cancel.
typedef struct ccurl_session ccurl_session;

/// What became of a request.
enum ccurl_result {
  /// There is an answer, of whatever status.
  CCURL_DONE = 0,
  /// libcurl is not installed; the message is the loader's.
  CCURL_MISSING = 1,
  /// The server's name is unknown or it cannot be reached.
  CCURL_UNREACHABLE = 2,
  /// A time limit has passed.
  CCURL_TIMED_OUT = 3,
  /// The server's certificate, or the encryption, was refused.
  CCURL_TLS = 4,
  /// The session was cancelled.
  CCURL_CANCELLED = 5,
  /// The answer is larger than it may be.
  CCURL_TOO_LARGE = 6,
  /// The file to send cannot be read, or the answer's cannot be written; the message is the system's.
  CCURL_FILE = 7,
  /// The receiver of the body refused to go on.
  CCURL_REFUSED = 8,
  /// Anything else; the message is libcurl's.
  CCURL_FAILED = 9,
};

/// Takes a part of a body; anything but 0 ends the request.
typedef int (*ccurl_receiver)(void *context, const uint8_t *bytes, size_t count);

struct ccurl_request {
  const char *url;
  const char *method;
  /// Lines such as `Accept: */*`.
  const char *const *headers;
  size_t header_count;
  /// Whether there is a body, be it an empty one.
  int has_body;
  /// The body; NULL if a file is sent.
  const uint8_t *body;
  /// A descriptor of the file to send, which is read from `file_offset` on; -1 without.
  int file;
  int64_t file_offset;
  /// The body's bytes.
  int64_t body_count;
  /// Where the body of a successful answer is written; -1 to keep it in memory.
  int output;
  /// Who takes the body of a successful answer instead; may be NULL.
  ccurl_receiver receiver;
  void *context;
  /// The most bytes of a body that is kept in memory.
  int64_t body_limit;
  long connect_milliseconds;
  /// 0: no limit.
  long total_milliseconds;
  /// The longest time without a byte, in seconds; 0: no limit.
  long stall_seconds;
  int follows_redirects;
  int verifies_certificates;
  /// A file of certificates to trust; NULL: the system's.
  const char *authorities;
  /// A file with the client's certificate and key; may be NULL.
  const char *client_certificate;
};

struct ccurl_response {
  int status;
  /// The header lines of the last answer; allocated by malloc and the caller's.
  char *headers;
  size_t header_count;
  /// The body in memory; allocated by malloc and the caller's.
  uint8_t *body;
  size_t body_count;
};

/// A session without connections; NULL if libcurl is missing, with the loader's message.
ccurl_session *ccurl_open(char *message, size_t message_size);

/// Closes the connections.
void ccurl_close(ccurl_session *session);

/// Makes requests end soon, the running one and those to come, or lets them run again.
void ccurl_cancel(ccurl_session *session, int cancels);

/// Sends a request and waits for the answer.
int ccurl_perform(
    ccurl_session *session, const struct ccurl_request *request, struct ccurl_response *response,
    char *message, size_t message_size);

#endif
