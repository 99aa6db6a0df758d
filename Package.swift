// swift-tools-version: 6.3
import Foundation
import PackageDescription

// MARK: Settings that every target shares

/// The language settings of every target; warnings are errors.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

/// The toolchain's root: `MARTLET_TOOLCHAIN`, or where `swift` in `PATH` lives.
let toolchain: String = {
  if let chosen = Context.environment["MARTLET_TOOLCHAIN"] { return chosen }
  let folders = (Context.environment["PATH"] ?? "").split(separator: ":")
  for folder in folders {
    let swift = URL(fileURLWithPath: "\(folder)/swift").resolvingSymlinksInPath()
    let root = swift.deletingLastPathComponent().deletingLastPathComponent()
    if FileManager.default.fileExists(atPath: root.path + "/lib/swift/host") {
      return root.deletingLastPathComponent().path + "/usr"
    }
  }
  return "/usr"
}()

/// Settings of a target that imports `Cells`, whose modules come from the toolchain's SwiftSyntax.
let syntax: [SwiftSetting] = strict + [.unsafeFlags(["-I", "\(toolchain)/lib/swift/host"])]

/// Links the toolchain's SwiftSyntax libraries where they lie.
let syntaxLibraries: [LinkerSetting] = [
  .unsafeFlags([
    "-L", "\(toolchain)/lib/swift/host",
    "-Xlinker", "-rpath", "-Xlinker", "\(toolchain)/lib/swift/host",
  ])
]

/// Links glibc's vector mathematics where glibc has it; and what makes clang use all of a vector.
#if arch(x86_64)
  let vectorMathematics: [LinkerSetting] = [.linkedLibrary("mvec"), .linkedLibrary("m")]
  let widestVectors = ["-mprefer-vector-width=512"]
#else
  let vectorMathematics: [LinkerSetting] = [.linkedLibrary("m")]
  let widestVectors: [String] = []
#endif

// MARK: Targets, by level: imports go down only

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(
  _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []
) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: dependencies + ["TestSupport"], exclude: exclude,
    swiftSettings: syntax)
}

let level0: [Target] = [
  .systemLibrary(name: "CZeroMQ", providers: [.apt(["libzmq3-dev"])]),
  .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
  .systemLibrary(name: "COpenBLAS", providers: [.apt(["libopenblas-dev"])]),
  .systemLibrary(name: "CCrypto", providers: [.apt(["libssl-dev"])]),
  .target(name: "CMicroHTTPD", linkerSettings: [.linkedLibrary("dl")]),
  .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
  .target(name: "CSourceKit"),
  .target(name: "CFaults"),
  .target(name: "CLocks"),
  .target(name: "CProcesses"),
  .target(name: "CFrontendServer"),
  .target(
    name: "CImageFiles",
    linkerSettings: [.linkedLibrary("png16"), .linkedLibrary("jpeg")]),
  .target(name: "CDelimited", cSettings: [.unsafeFlags(["-O3"])]),
  .target(name: "CRaster", linkerSettings: [.linkedLibrary("dl")]),
  .target(name: "CCurl", linkerSettings: [.linkedLibrary("dl")]),
  .target(name: "CGraphicsCards", linkerSettings: [.linkedLibrary("dl")]),
  // Loading libraries, Swift's runtime among them, would take longer than all that it does.
  .executableTarget(
    name: "KernelLauncher",
    linkerSettings: [
      .linkedLibrary("jansson"), .unsafeFlags(["-nostartfiles", "-static-executable"]),
    ]),
  .target(name: "CKernels", cSettings: [.unsafeFlags(["-O3"])], linkerSettings: vectorMathematics),
  library("Locks", ["CLocks"]),
]

let level1: [Target] = [
  library("ZeroMQ", ["CZeroMQ"]),
  library("SQLite", ["CSQLite"]),
  library("BLAS", ["Locks", "COpenBLAS", "CKernels"]),
  library("Digest", ["CCrypto"]),
  library("HTTPServer", ["CMicroHTTPD"]),
  library("HTTPClient", ["CCurl"]),
  library("GraphicsCards", ["CGraphicsCards"]),
  library("StandardError"),
  library("FitObservation", ["Locks"]),
  library("Raster", ["CRaster"]),
  library("Compression", ["CZlib"]),
  library("DelimitedText", ["CDelimited"]),
  library("ImageFiles", ["CImageFiles"]),
  library("Processes", ["CProcesses", "Locks"]),
  library("SourceKit", ["CSourceKit"]),
  library("CellGate"),
  library("JSONValues"),
  library("ErrorTexts"),
  library("Markup"),
]

let level2: [Target] = [
  library("CommandArguments"),
  library("JupyterProtocol", ["Digest", "JSONValues"]),
  .target(name: "Cells", swiftSettings: syntax, linkerSettings: syntaxLibraries),
  library("Tensors", ["BLAS", "Locks", "Compression", "ImageFiles"]),
  library("Gradients", ["Tensors", "Locks"]),
  library("Tables", ["Tensors", "BLAS", "DelimitedText"]),
  library("NeuralNetworks", ["FitObservation", "Gradients", "Tensors", "BLAS", "Locks"]),
  library("TensorDifferentiation", ["Gradients", "Tensors"]),
  library("Learners", ["FitObservation", "Tensors", "BLAS", "Locks"]),
  library("Plots", ["Compression", "JSONValues", "Markup", "Raster"]),
  library(
    "Tracking",
    [
      "SQLite", "Digest", "GraphicsCards", "HTTPClient", "JSONValues", "Locks", "Processes",
      "StandardError",
    ]),
  library("Workflows", ["Digest"]),
]

let level3: [Target] = [
  .target(
    name: "CellCompiler", dependencies: ["Cells", "Processes"], swiftSettings: syntax),
  library("CellWorker", ["CFaults", "Processes"]),
  library("Kernel", ["ZeroMQ", "SQLite", "JupyterProtocol"]),
  library("Notebooks", ["Kernel", "JupyterProtocol", "Processes"]),
  library("Cluster", ["Workflows"]),
  library(
    "TrackingServer",
    [
      "Tracking", "HTTPServer", "JSONValues", "SQLite", "StandardError", "Digest",
      "CommandArguments",
    ]),
  library("Assistance", ["SourceKit", "Processes"]),
  .target(
    name: "Session",
    dependencies: [
      "Kernel", "JupyterProtocol", "CellCompiler", "Cells", "Assistance", "Processes",
      "Tracking", "Workflows", "Cluster", "Digest", "Markup",
    ],
    swiftSettings: syntax),
  library(
    "Martlet",
    [
      "Tensors", "Tables", "Gradients", "NeuralNetworks", "Learners", "Plots", "Tracking",
      "JSONValues", "Locks", "Markup", "FitObservation", "StandardError",
    ]),
]

let level4: [Target] = [
  .executableTarget(
    name: "MartletCommand",
    dependencies: [
      "Session", "Notebooks", "Kernel", "JupyterProtocol", "CellCompiler", "Assistance",
      "Processes", "Tracking", "TrackingServer", "Workflows", "Cluster", "CommandArguments",
    ],
    swiftSettings: syntax),
  .executableTarget(
    name: "WorkerCommand", dependencies: ["CellWorker"], swiftSettings: strict,
    linkerSettings: [.unsafeFlags(["-Xlinker", "--export-dynamic"])]),
  .executableTarget(
    name: "TrackCommand",
    dependencies: [
      "Tracking", "TrackingServer", "HTTPServer", "CommandArguments", "JSONValues", "Plots",
      "Markup", "Processes", "SQLite", "Digest", "Compression", "StandardError",
    ],
    swiftSettings: strict),
]

let testTargets: [Target] = [
  .executableTarget(
    name: "DifferentialRunner", dependencies: ["Tensors", "BLAS"],
    path: "Tests/DifferentialRunner", swiftSettings: strict),
  .executableTarget(
    name: "LearnersRunner", dependencies: ["Learners", "Tensors"],
    path: "Tests/LearnersRunner", swiftSettings: strict),
  .executableTarget(
    name: "TrackingRunner", dependencies: ["Tracking"], path: "Tests/TrackingRunner",
    swiftSettings: strict),
  .executableTarget(
    name: "FileRunner", dependencies: ["Tables", "Tensors"], path: "Tests/FileRunner",
    swiftSettings: strict),
  .executableTarget(
    name: "ArrayBenchmark",
    dependencies: ["NeuralNetworks", "Learners", "Gradients", "Tensors", "Tracking"],
    path: "benchmarks/arrays", swiftSettings: strict),
  .executableTarget(
    name: "TrackingBenchmark", dependencies: ["Tracking"], path: "benchmarks/tracking",
    swiftSettings: strict),
  .executableTarget(
    name: "EdgeRunner", dependencies: ["NeuralNetworks", "Gradients", "Tensors"],
    path: "Tests/EdgeRunner", swiftSettings: strict),
  .executableTarget(
    name: "MachineLimits", path: "benchmarks/limits",
    cSettings: [.unsafeFlags(["-O3", "-march=native"] + widestVectors)]),
  .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
  tests("Digest", ["Digest"]),
  tests("JSONValues", ["JSONValues"]),
  tests("ZeroMQ", ["ZeroMQ"]),
  tests("SQLite", ["SQLite"]),
  tests("HTTPClient", ["HTTPClient", "HTTPServer"]),
  tests("JupyterProtocol", ["JupyterProtocol"]),
  tests("Cells", ["Cells"]),
  tests("Tensors", ["Tensors", "Compression"]),
  tests("Tables", ["Tables", "Tensors"]),
  tests("Gradients", ["Gradients", "Tensors"]),
  tests(
    "NeuralNetworks", ["NeuralNetworks", "Gradients", "Tensors"], exclude: ["Fixtures"]),
  tests("TensorDifferentiation", ["TensorDifferentiation", "Gradients", "Tensors"]),
  tests("Learners", ["Learners", "Tensors"]),
  tests("Plots", ["Plots"]),
  tests("Tracking", ["Tracking", "SQLite", "HTTPServer", "HTTPClient"]),
  tests("TrackingServer", ["TrackingServer", "Tracking", "JSONValues"]),
  tests("Workflows", ["Workflows"]),
  tests("CellCompiler", ["CellCompiler", "Cells"]),
  tests("Processes", ["Processes"]),
  tests("Assistance", ["Assistance"]),
  tests("Martlet", ["Martlet", "CellCompiler", "Tensors", "Tables", "Plots", "Tracking"]),
  tests("Session", ["Session", "Kernel", "JupyterProtocol"]),
  tests("Notebooks", ["Notebooks", "Kernel", "JupyterProtocol"]),
  tests("Kernel", ["Kernel", "JupyterProtocol", "ZeroMQ", "SQLite"]),
  tests("Cluster", ["Cluster", "Workflows"], exclude: ["Golden"]),
]

let package = Package(
  name: "martlet",
  products: [
    .executable(name: "martlet", targets: ["MartletCommand"]),
    .executable(name: "martlet-kernel", targets: ["KernelLauncher"]),
    .executable(name: "martlet-worker", targets: ["WorkerCommand"]),
    .executable(name: "track-cli", targets: ["TrackCommand"]),
    .library(name: "Martlet", type: .dynamic, targets: ["Martlet", "TensorDifferentiation"]),
    .library(name: "FrontendServer", type: .dynamic, targets: ["CFrontendServer"]),
    .library(name: "ErrorTexts", type: .dynamic, targets: ["ErrorTexts"]),
  ],
  targets: level0 + level1 + level2 + level3 + level4 + testTargets,
  swiftLanguageModes: [.v6]
)
