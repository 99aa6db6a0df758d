import Foundation
import TestSupport
import Testing

import Tracking

extension RunDetail {
  /// The tags that the test set, without those that every run gets.
  var ownTags: [(key: String, value: String)] {
    tags.filter { !$0.key.hasPrefix("mlflow.") && !$0.key.hasPrefix("martlet.") }
  }
}

@Suite("What is noted of a run by itself")
struct ContextTests {
  let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func git(_ arguments: String...) throws -> String {
    let settings = [
      "-c", "user.name=T", "-c", "user.email=t@example.org", "-C", folder.path("clone"),
    ]
    let result = try runProgram("/usr/bin/env", ["git"] + settings + arguments)
    try #require(result.status == 0, "\(result.errors)")
    return result.output.split(separator: "\n").first.map(String.init) ?? ""
  }

  @Test("a clone's commit, branch and origin are read as Git tells them")
  func clones() throws {
    try folder.write("a\n", to: "clone/sub/a.txt")
    #expect(GitState(around: folder.path("clone/sub")) == nil)
    _ = try git("init", "-q", "-b", "trunk")
    _ = try git("remote", "add", "origin", "https://me:secret@example.org/x.git")
    let empty = try #require(GitState(around: folder.path("clone/sub")))
    #expect(empty.commit == nil && empty.branch == "trunk")
    _ = try git("add", ".")
    _ = try git("commit", "-q", "-m", "first")
    let commit = try git("rev-parse", "HEAD")
    let first = try #require(GitState(around: folder.path("clone/sub")))
    #expect(first.root == folder.path("clone") && first.commit == commit)
    #expect(first.url == "https://example.org/x.git")
    _ = try git("pack-refs", "--all")
    #expect(GitState(around: folder.path("clone"))?.commit == commit)
    _ = try git("worktree", "add", "-q", "-b", "side", folder.path("side"))
    let side = try #require(GitState(around: folder.path("side")))
    #expect(side.commit == commit && side.branch == "side" && side.url == first.url)
    _ = try git("checkout", "-q", "--detach")
    let detached = try #require(GitState(around: folder.path("clone")))
    #expect(detached.commit == commit && detached.branch == nil)
  }

  @Test("a run has tags of its source and machine, unless they are switched off")
  func tags() {
    let tags = RunContext.tags(
      environment: ["JPY_SESSION_NAME": "/home/me/train.ipynb"], folder: folder.path())
    #expect(tags["mlflow.source.name"] == "/home/me/train.ipynb")
    #expect(tags["mlflow.source.type"] == "NOTEBOOK")
    #expect(tags["martlet.swift"]?.hasPrefix("6.") == true)
    #expect(tags["martlet.os"]?.contains("Linux") == true)
    #expect(tags["martlet.memory"]?.hasSuffix("MiB") == true)
    #expect(RunContext.tags(environment: ["TRACKING_CAPTURE": "off"]).isEmpty)
  }

  @Test("the cells that ran, and what no commit has, are artifacts of a notebook's run")
  func sources() throws {
    try folder.write("a\n", to: "clone/a.txt")
    _ = try git("init", "-q")
    _ = try git("add", ".")
    _ = try git("commit", "-q", "-m", "first")
    try folder.write("changed\n", to: "clone/a.txt")
    try folder.write("new\n", to: "clone/b.txt")
    let cells = try folder.write("// Cell 1\nlet x = 1\n\n", to: "cells.swift")
    let store = try TrackingStore(folder.path("clone/tracking.db"))
    let run = try Run.start(name: "notebook", in: store)
    let noted = RunContext.noteSources(
      of: run.row, in: store, environment: ["MARTLET_CELLS": cells, "PATH": "/usr/bin:/bin"],
      folder: folder.path("clone"))
    #expect(noted.wait(timeout: .now() + 30) == .success)
    let record = try store.run("notebook")
    let artifacts = try store.artifacts(of: record)
    #expect(
      artifacts.map(\.path) == [
        "source/cells.swift", "source/changes.diff", "source/libraries.txt",
      ])
    func text(_ index: Int) throws -> String {
      try String(contentsOfFile: store.contentAddress(of: artifacts[index]), encoding: .utf8)
    }
    #expect(try text(0) == "// Cell 1\nlet x = 1\n\n")
    // The store itself, which lies in the clone, is no change of the code.
    #expect(try text(1).hasPrefix("# not in Git: b.txt\ndiff") && text(1).contains("+changed"))
    let libraries = try text(2)
    #expect(libraries.contains("libsqlite3.so"), "\(libraries)")
    #expect(try store.detail(of: record).tags.contains { $0 == ("martlet.git.dirty", "true") })
  }

  @Test("how busy the machine is becomes metrics by MLflow's names")
  func systemMetrics() throws {
    var sampler = SystemSampler(folder: folder.path())
    var sum = 0.0
    // The system counts hundredths of seconds.
    let end = ContinuousClock.now + .milliseconds(100)
    while ContinuousClock.now < end { sum += sum.squareRoot() + 1 }
    let entries = sampler.sample()
    #expect(sum > 0)
    let values = Dictionary(uniqueKeysWithValues: entries.map { ($0.key, $0.value) })
    for key in [
      "cpu_utilization_percentage", "system_memory_usage_megabytes",
      "system_memory_usage_percentage", "disk_usage_percentage", "disk_available_megabytes",
      "network_receive_megabytes", "network_transmit_megabytes", "process_memory_usage_megabytes",
    ] {
      let value = try #require(values["system/\(key)"], "\(key) is missing")
      #expect(value >= 0 && value.isFinite, "\(key) is \(value)")
      if key.hasSuffix("percentage") { #expect(value <= 100) }
    }
    #expect(sampler.sample().allSatisfy { $0.step == 1 })
  }

  @Test(
    "the interval is ten seconds, or what is asked for",
    arguments: [
      ([:], 10), (["TRACKING_SYSTEM_METRICS": "2.5"], 2.5),
      (["TRACKING_SYSTEM_METRICS": "off"], nil),
      (["MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING": "false"], nil),
      (["MLFLOW_SYSTEM_METRICS_SAMPLING_INTERVAL": "5"], 5), (["TRACKING_SYSTEM_METRICS": "x"], 10),
    ] as [([String: String], Double?)])
  func interval(environment: [String: String], seconds: Double?) {
    #expect(SystemMonitor.interval(environment) == seconds)
  }

  @Test("samples are taken while the run runs")
  func sampling() throws {
    let store = try TrackingStore(folder.path("tracking.db"))
    let run = try Run.start(in: store)
    let monitor = SystemMonitor(
      run: run.row, store: store, environment: ["TRACKING_SYSTEM_METRICS": "0.02"])
    let end = ContinuousClock.now + .seconds(30)
    var count = 0
    repeat {
      Thread.sleep(forTimeInterval: 0.02)
      let metrics = try store.detail(of: try store.run("latest")).metrics
      count = metrics.first { $0.key == "system/cpu_utilization_percentage" }?.count ?? 0
    } while count < 2 && ContinuousClock.now < end
    #expect(count >= 2)
    monitor?.stop()
  }
}
