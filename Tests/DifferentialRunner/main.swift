// Computes the cases that Tests/python/test_numpy_parity.py draws, one on each line of standard input, and prints each
// result on a line of its own: type, shape and bytes.

import Glibc

while let line = readLine() {
  let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
  let request = Request(fields)
  print(request.answered().map(\.text).joined(separator: "\t"))
  // So that a case that stops the program is the first without an answer.
  fflush(nil)
}
