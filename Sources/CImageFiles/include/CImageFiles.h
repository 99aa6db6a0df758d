// PNG and JPEG files to and from memory. The libraries' errors jump, which must not happen across Swift: all of it stays here.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// What a file says of its picture.
typedef struct {
  uint32_t width, height;
  /// The samples of a pixel once palettes are looked up: grey, grey and alpha, RGB, RGBA or CMYK.
  int channels;
  /// The bits of a sample: 8, or 16.
  int bits;
  /// The fewest bytes that a file of such a picture can have.
  uint64_t least_bytes;
  /// Whether the four channels are inks.
  bool is_cmyk;
  /// EXIF's orientation, 1 to 8; 1 if the file does not say.
  int orientation;
} ci_header;

/// What went wrong, in the library's words.
typedef struct {
  char text[256];
} ci_message;

/// Each returns whether it succeeded; if not, `message` says why.
bool ci_png_header(const uint8_t *bytes, size_t count, ci_header *header, ci_message *message);
/// Reads samples of `bits` into `height * width * channels` of them, row by row; 16 in the machine's order.
bool ci_png_read(
    const uint8_t *bytes, size_t count, const ci_header *header, int bits, uint8_t *pixels,
    ci_message *message);
/// Writes to memory that `ci_release` gives back.
bool ci_png_write(
    const uint8_t *pixels, uint32_t width, uint32_t height, int channels, int bits, int level,
    uint8_t **bytes, size_t *count, ci_message *message);

bool ci_jpeg_header(const uint8_t *bytes, size_t count, ci_header *header, ci_message *message);
bool ci_jpeg_read(
    const uint8_t *bytes, size_t count, const ci_header *header, uint8_t *pixels,
    ci_message *message);
bool ci_jpeg_write(
    const uint8_t *pixels, uint32_t width, uint32_t height, int channels, int quality,
    uint8_t **bytes, size_t *count, ci_message *message);

void ci_release(uint8_t *bytes);
