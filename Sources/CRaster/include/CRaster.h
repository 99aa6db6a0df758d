#ifndef CRASTER_H
#define CRASTER_H

#include <stddef.h>

/// What became of a drawing.
enum craster_result {
  CRASTER_DONE = 0,
  /// A library is not installed; the message is the loader's.
  CRASTER_MISSING = 1,
  /// The libraries refused the drawing or the size; the message is theirs.
  CRASTER_REFUSED = 2,
};

/// Draws SVG as a PNG file with librsvg and cairo, which are loaded when they are first needed.
///
/// `*png` is allocated by malloc and belongs to the caller if the result is CRASTER_DONE. Other results leave a message.
int craster_png(
    const unsigned char *svg, size_t svg_length, double scale, unsigned char **png, size_t *png_length,
    char *message, size_t message_size);

#endif
