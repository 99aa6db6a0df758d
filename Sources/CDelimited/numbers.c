#define _GNU_SOURCE
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "CDelimited.h"

bool cd_is_missing(const cd_marks *marks, const uint8_t *text, cd_field field) {
  const size_t size = field.size & CD_SIZE;
  if (size == 0) return marks->includes_empty;
  const uint8_t *bytes = text + field.start;
  if (!marks->first[bytes[0]]) return false;
  for (size_t mark = 0; mark < marks->count; mark++) {
    const size_t start = marks->offsets[mark];
    if (marks->offsets[mark + 1] - start == size && memcmp(marks->bytes + start, bytes, size) == 0)
      return true;
  }
  return false;
}

// Spaces around numbers do not count.
static void trim(const uint8_t **bytes, size_t *size) {
  while (*size && (**bytes == ' ' || **bytes == '\t')) (*bytes)++, (*size)--;
  while (*size && ((*bytes)[*size - 1] == ' ' || (*bytes)[*size - 1] == '\t')) (*size)--;
}

static bool parse_int(const uint8_t *bytes, size_t size, ptrdiff_t *value) {
  trim(&bytes, &size);
  bool negative = false;
  if (size && (*bytes == '-' || *bytes == '+')) {
    negative = *bytes == '-';
    bytes++, size--;
  }
  if (size == 0) return false;
  uint64_t number = 0;
  if (size <= 18) {
    for (size_t i = 0; i < size; i++) {
      const uint8_t digit = (uint8_t)(bytes[i] - '0');
      if (digit > 9) return false;
      number = number * 10 + digit;
    }
  } else {
    const uint64_t limit = (uint64_t)PTRDIFF_MAX + negative;
    for (size_t i = 0; i < size; i++) {
      const uint8_t digit = (uint8_t)(bytes[i] - '0');
      if (digit > 9 || number > (limit - digit) / 10) return false;
      number = number * 10 + digit;
    }
  }
  *value = (ptrdiff_t)(negative ? 0 - number : number);
  return true;
}

static const double powers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
static const long double long_powers[] = {
    1e0L,  1e1L,  1e2L,  1e3L,  1e4L,  1e5L,  1e6L,  1e7L,  1e8L,  1e9L,  1e10L, 1e11L, 1e12L, 1e13L,
    1e14L, 1e15L, 1e16L, 1e17L, 1e18L, 1e19L, 1e20L, 1e21L, 1e22L, 1e23L, 1e24L, 1e25L, 1e26L, 1e27L};

// By the C library, for what the fast way cannot tell.
static bool parse_slowly(const uint8_t *bytes, size_t size, uint8_t point, double *value) {
  // Hexadecimal numbers and payloads of NaN, which strtod takes, no table means.
  if (size == 0 || size > 400) return false;
  char text[402];
  for (size_t i = 0; i < size; i++) {
    uint8_t byte = bytes[i];
    if (byte == point)
      byte = '.';
    else if (byte == '.' || memchr("0123456789+-eEinfatyINFATY", byte, 26) == NULL)
      return false;
    text[i] = (char)byte;
  }
  text[size] = 0;
  static locale_t plain;
  locale_t c = __atomic_load_n(&plain, __ATOMIC_ACQUIRE);
  if (!c) {
    c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!c) return false;
    locale_t expected = (locale_t)0;
    if (!__atomic_compare_exchange_n(&plain, &expected, c, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)) {
      freelocale(c);
      c = expected;
    }
  }
  char *end;
  *value = strtod_l(text, &end, c);
  return end == text + size;
}

static bool parse_double(const uint8_t *bytes, size_t size, uint8_t point, double *value) {
  trim(&bytes, &size);
  const uint8_t *at = bytes, *end = bytes + size;
  bool negative = false;
  if (at < end && (*at == '-' || *at == '+')) negative = *at++ == '-';
  uint64_t mantissa = 0;
  int digits = 0, exponent = 0;
  bool has_digits = false;
  for (; at < end; at++) {
    const uint8_t digit = (uint8_t)(*at - '0');
    if (digit > 9) break;
    has_digits = true;
    mantissa = mantissa * 10 + digit;
    digits += mantissa != 0;
    if (digits > 19) return parse_slowly(bytes, size, point, value);
  }
  if (at < end && *at == point) {
    for (at++; at < end; at++) {
      const uint8_t digit = (uint8_t)(*at - '0');
      if (digit > 9) break;
      has_digits = true;
      mantissa = mantissa * 10 + digit;
      digits += mantissa != 0;
      exponent--;
      if (digits > 19) return parse_slowly(bytes, size, point, value);
    }
  }
  if (!has_digits) return parse_slowly(bytes, size, point, value);
  if (at < end && (*at == 'e' || *at == 'E')) {
    at++;
    bool down = false;
    if (at < end && (*at == '-' || *at == '+')) down = *at++ == '-';
    if (at == end) return false;
    int written = 0;
    for (; at < end; at++) {
      const uint8_t digit = (uint8_t)(*at - '0');
      if (digit > 9) return false;
      if (written < 10000) written = written * 10 + digit;
    }
    exponent += down ? -written : written;
  }
  if (at != end) return false;
  double magnitude;
  if (mantissa == 0) {
    magnitude = 0;
  } else if (mantissa <= (uint64_t)1 << 53 && exponent >= -22 && exponent <= 22) {
    // One operation on two exact numbers rounds correctly (Clinger 1990).
    magnitude = exponent < 0 ? (double)mantissa / powers[-exponent] : (double)mantissa * powers[exponent];
  } else if (exponent >= -27 && exponent <= 27) {
    // The same in longer numbers: right unless the second rounding could go either way.
    const long double exact = (long double)mantissa;
    const long double wide =
        exponent < 0 ? exact / long_powers[-exponent] : exact * long_powers[exponent];
    const long double error = wide * LDBL_EPSILON;
    magnitude = (double)wide;
    if ((double)(wide - error) != magnitude || (double)(wide + error) != magnitude)
      return parse_slowly(bytes, size, point, value);
  } else {
    return parse_slowly(bytes, size, point, value);
  }
  *value = negative ? -magnitude : magnitude;
  return true;
}

static bool equals(const uint8_t *bytes, const char *word, size_t size) {
  return memcmp(bytes, word, size) == 0;
}

static bool parse_bool(const uint8_t *bytes, size_t size, uint8_t *value) {
  if (size == 4 && (equals(bytes, "true", 4) || equals(bytes, "True", 4) || equals(bytes, "TRUE", 4))) {
    *value = 1;
    return true;
  }
  if (size == 5 &&
      (equals(bytes, "false", 5) || equals(bytes, "False", 5) || equals(bytes, "FALSE", 5))) {
    *value = 0;
    return true;
  }
  return false;
}

// Converts fields until one is no value of the type, and gives their number. `parse` is a call that sees `bytes` and `size`.
#define CONVERT_FIELDS(parse)                            \
  for (size_t i = 0; i < count; i++) {                   \
    const cd_field field = fields[i * stride];           \
    const uint8_t *bytes = text + field.start;           \
    const size_t size = field.size & CD_SIZE;            \
    missing[i] = 0;                                      \
    if (cd_is_missing(marks, text, field)) {             \
      values[i] = 0;                                     \
      missing[i] = 1;                                    \
      ++*missing_count;                                  \
    } else if (!parse) {                                 \
      return i;                                          \
    }                                                    \
  }                                                      \
  return count;

size_t cd_ints(
    const uint8_t *text, const cd_field *fields, size_t stride, size_t count, const cd_marks *marks,
    ptrdiff_t *values, uint8_t *missing, size_t *missing_count) {
  CONVERT_FIELDS(parse_int(bytes, size, &values[i]))
}

size_t cd_doubles(
    const uint8_t *text, const cd_field *fields, size_t stride, size_t count, const cd_marks *marks,
    uint8_t decimal_point, double *values, uint8_t *missing, size_t *missing_count) {
  CONVERT_FIELDS(parse_double(bytes, size, decimal_point, &values[i]))
}

size_t cd_bools(
    const uint8_t *text, const cd_field *fields, size_t stride, size_t count, const cd_marks *marks,
    uint8_t *values, uint8_t *missing, size_t *missing_count) {
  CONVERT_FIELDS(parse_bool(bytes, size, &values[i]))
}

size_t cd_missing_run(
    const uint8_t *text, const cd_field *fields, size_t stride, size_t count, const cd_marks *marks) {
  for (size_t i = 0; i < count; i++)
    if (!cd_is_missing(marks, text, fields[i * stride])) return i;
  return count;
}
