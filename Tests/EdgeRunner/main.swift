// Runs operations that NumPy does not have with awkward operands, one after the other from the number that is given.
//
// Before each it prints a line with number, name and operands, and afterwards the result's shape, or an exclamation mark and the
// error; so the last line of a run that was stopped tells by which.

import Glibc
import Tensors

let edges = images() + networks() + indexing()
let first = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 0

for (number, edge) in edges.enumerated().dropFirst(first) {
  print(number, edge.operation, edge.about, separator: "\t")
  fflush(nil)
  do {
    print(try edge.run().shape)
  } catch {
    print("!\(error)")
  }
}
