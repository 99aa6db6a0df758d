import CellWorker

let arguments = CommandLine.arguments
if arguments.count == 4, arguments[1] == "--program" {
  Worker.runProgram(arguments[2], entry: arguments[3])
} else {
  Worker.main()
}
