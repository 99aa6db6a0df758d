/// The media type of an artifact, by its name's ending as MLflow's servers tell it.
///
/// Artifacts are always sent as attachments that browsers must not guess the type of, so that a page or a drawing among them
/// is not run as one of this server's.
enum ContentKind {
  /// The type of a file called `name`.
  static func of(_ name: String) -> String {
    let ending = name.split(separator: ".", omittingEmptySubsequences: false).last ?? ""
    let word = ending.lowercased()
    if texts.contains(word) { return "text/plain" }
    guard name.contains(".") else { return unknown }
    return others[word] ?? unknown
  }

  private static let unknown = "application/octet-stream"

  /// Endings, and whole names, of files that are read as text.
  private static let texts: Set<String> = [
    "txt", "log", "err", "cfg", "conf", "cnf", "cf", "ini", "properties", "prop", "hocon", "config",
    "yaml", "yml", "xml", "json", "js", "py", "py3", "csv", "tsv", "md", "rst", "jsonnet",
    "mlmodel",
    "mlproject", "ipynb", "swift",
  ]

  private static let others = [
    "html": "text/html", "htm": "text/html", "svg": "image/svg+xml", "png": "image/png",
    "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "bmp": "image/bmp",
    "webp": "image/webp", "tif": "image/tiff", "tiff": "image/tiff", "pdf": "application/pdf",
    "zip": "application/zip", "mp4": "video/mp4", "webm": "video/webm", "mp3": "audio/mpeg",
    "wav": "audio/x-wav",
  ]
}
