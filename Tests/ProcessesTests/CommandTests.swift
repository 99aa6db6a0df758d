import Glibc
import Processes
import Testing

@Suite("Command")
struct CommandTests {
  private func shell(_ script: String) -> Command {
    Command(ProcessConfiguration(executable: "/bin/sh", arguments: ["-c", script]))
  }

  @Test("keeps both streams and the status apart")
  func streams() throws {
    let output = try shell("echo out; echo err >&2; exit 3").run()
    #expect(output.outputText == "out\n")
    #expect(output.errorText == "err\n")
    #expect(output.status == .exited(3))
  }

  @Test("passes a megabyte through a process that answers while it reads")
  func largeInput() throws {
    let input = [UInt8](repeating: 97, count: 1 << 20)
    let output = try shell("cat").run(input: input)
    #expect(output.output == input)
  }

  @Test("tells the signal that ended a process")
  func signal() throws {
    #expect(try shell("kill -SEGV $$").run().status == .signalled(11))
  }

  @Test("ends a process that is cancelled before it starts")
  func cancel() throws {
    let command = shell("exec sleep 60")
    command.cancel()
    #expect(try command.run().status == .signalled(9))
    #expect(command.isCancelled)
  }

  @Test("does not wait for what a cancelled process has started")
  func survivingChild() throws {
    let command = shell("sleep 600 & echo $!; wait")
    var survivor: pid_t = 0
    let output = try command.run { _, bytes in
      survivor = pid_t(String(decoding: bytes.dropLast(), as: UTF8.self)) ?? 0
      command.cancel()
    }
    #expect(output.status == .signalled(9))
    #expect(survivor > 0 && kill(survivor, SIGKILL) == 0)
  }

  @Test("says why a process cannot be started")
  func missing() {
    let command = Command(ProcessConfiguration(executable: "/no/such/program"))
    #expect {
      try command.run()
    } throws: { error in
      "\(error)".contains("/no/such/program") && "\(error)".contains("No such file")
    }
  }

  @Test("hands messages over whole, whatever the pieces")
  func messages() {
    let message = WorkerMessage(kind: 7, texts: ["", "é", String(repeating: "x", count: 70_000)])
    var buffer: [UInt8] = []
    var found: [WorkerMessage] = []
    for byte in message.encoded + message.encoded {
      buffer.append(byte)
      if buffer.count % 4_096 == 0 || buffer.count < 8 || buffer.count > 70_000 {
        while let next = WorkerMessage.take(from: &buffer) { found.append(next) }
      }
    }
    #expect(found == [message, message])
    #expect(buffer.isEmpty)
  }
}
