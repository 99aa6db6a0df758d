// Computes the cases that Tests/python/numpy_cases.py sends, one on each line of standard input, and prints each
// result on a line of its own: type, shape and bytes, or an exclamation mark and the error.

import Glibc

while let line = readLine() {
  let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
  let request = Request(fields)
  do {
    print(try request.answered().map(\.text).joined(separator: "\t"))
  } catch {
    print("!\(error)")
  }
  // So that a case that stops the program is the first without an answer.
  fflush(nil)
}
