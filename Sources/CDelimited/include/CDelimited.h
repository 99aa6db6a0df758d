// Records of delimited text (CSV) split into fields, and fields into numbers.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// How fields and records are told apart.
typedef struct {
  uint8_t delimiter;
  /// The byte that encloses fields; 0 for none.
  uint8_t quote;
  /// The byte that makes a line a comment where it comes first; 0 for none.
  uint8_t comment;
  /// Whether spaces around fields are no part of them.
  bool trims;
} cd_format;

/// Where a field lies, without its quotes.
typedef struct {
  uint32_t start;
  /// The number of bytes; the two highest bits are flags.
  uint32_t size;
} cd_field;

/// The field was quoted.
#define CD_QUOTED 0x80000000u
/// Quotes in the field are doubled.
#define CD_DOUBLED 0x40000000u
/// The bits of `size` that are the number of bytes.
#define CD_SIZE 0x3fffffffu

typedef enum {
  /// All complete records were split.
  CD_DONE = 0,
  /// There is room for no more fields or records.
  CD_FULL = 1,
  /// A record has more or fewer fields than the first.
  CD_RAGGED = 2,
  /// A quoted field never ends.
  CD_OPEN_QUOTE = 3,
  /// Text follows the closing quote of a field.
  CD_TEXT_AFTER_QUOTE = 4,
} cd_outcome;

/// How far splitting has come.
typedef struct {
  /// The number of fields of every record; 0 until the first.
  size_t width;
  /// The line, counted from 0, where the next record begins.
  size_t line;
  /// Out: the bytes that were split.
  size_t position;
  /// Out: the records that were found.
  size_t records;
  /// Out: where a fault is, both counted from 0, and the fields found there.
  size_t fault_line, fault_column, fault_found;
} cd_progress;

/// Splits the complete records of `text`, and the last one too if `is_last`.
///
/// Each record's fields are written one after the other, and the line on which it begins.
cd_outcome cd_split(
    const cd_format *format, cd_progress *progress, const uint8_t *text, size_t count, bool is_last,
    cd_field *fields, size_t field_capacity, size_t *lines, size_t record_capacity);

/// Texts that stand for a missing value.
typedef struct {
  const uint8_t *bytes;
  /// Where each of them begins in `bytes`, and at last where they end.
  const size_t *offsets;
  size_t count;
  /// Whether one of them begins with a byte.
  bool first[256];
  /// Whether an empty field is missing.
  bool includes_empty;
} cd_marks;

/// Returns whether the field is one of the marks.
bool cd_is_missing(const cd_marks *marks, const uint8_t *text, cd_field field);

/// Converts `count` fields of one column, which lie `stride` fields apart.
///
/// `missing` gets 1 for each field that is missing, and `missing_count` grows by their number. Returns the number of fields
/// before the first that cannot be converted.
size_t cd_ints(
    const uint8_t *text, const cd_field *fields, size_t stride, size_t count, const cd_marks *marks,
    ptrdiff_t *values, uint8_t *missing, size_t *missing_count);
size_t cd_doubles(
    const uint8_t *text, const cd_field *fields, size_t stride, size_t count, const cd_marks *marks,
    uint8_t decimal_point, double *values, uint8_t *missing, size_t *missing_count);
size_t cd_bools(
    const uint8_t *text, const cd_field *fields, size_t stride, size_t count, const cd_marks *marks,
    uint8_t *values, uint8_t *missing, size_t *missing_count);
/// The number of fields before the first that is not missing.
size_t cd_missing_run(
    const uint8_t *text, const cd_field *fields, size_t stride, size_t count, const cd_marks *marks);

/// The place of the first byte that is not part of UTF-8 text, or `count`.
size_t cd_utf8_fault(const uint8_t *text, size_t count);

/// Writes the digits of the field at `field` without its doubled quotes; returns how many bytes it wrote.
size_t cd_undouble(const uint8_t *text, cd_field field, uint8_t quote, uint8_t *out);

/// A number of the field's text for tables that know equal texts from different ones.
uint64_t cd_hash(const uint8_t *text, size_t count);
