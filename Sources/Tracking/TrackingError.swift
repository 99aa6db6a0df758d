/// What kept a tracking call from doing its work, with what to do about it.
public enum TrackingError: Error, Equatable, CustomStringConvertible {
  /// `uri` names a server or another kind of store, not a file.
  case notAFileStore(uri: String)
  /// There is no store at `path`, or none was found from `path` upwards.
  case storeNotFound(path: String, searched: Bool)
  /// The file at `path` is no SQLite database, or a damaged one.
  case notADatabase(path: String)
  /// The SQLite database at `path` is not a tracking store.
  case notATrackingStore(path: String, reason: String)
  /// The store at `path` was written by a newer version.
  case newerSchema(path: String, found: Int, supported: Int)
  /// The store at `path` is of an older version and could not be copied before it is changed.
  case migrationRefused(path: String, copy: String, reason: String)
  /// The store at `path`, or its folder, cannot be written.
  case readOnly(path: String)
  /// The store at `path` has changes in a log beside it that cannot be read where it lies.
  case needsWritableFolder(path: String)
  /// The store at `path` cannot be opened.
  case cannotOpen(path: String, reason: String)
  /// Another process kept the store at `path` locked for too long.
  case locked(path: String)
  /// The disk that holds `path` is full.
  case diskFull(path: String)
  /// The store at `path` is damaged.
  case damaged(path: String, reason: String)
  /// The store at `path` was removed or replaced while it was open.
  case storeRemoved(path: String)
  /// The run was removed from the store at `path` while it was being logged to.
  case runRemoved(path: String)
  /// SQLite failed in a way that has no case of its own.
  case databaseFailed(path: String, reason: String)
  /// The run was deleted, so that nothing can be logged to it.
  case runDeleted(run: String)
  /// A param has another value already, and whoever logs it may not change it.
  case paramConflict(run: String, key: String, stored: String, value: String)
  /// An experiment of that name is there already.
  case experimentExists(name: String)
  /// No run matches `reference`.
  case runNotFound(reference: String)
  /// Several runs match `reference`; `candidates` describes them, one each.
  case ambiguousRun(reference: String, candidates: [String])
  /// The prefix `reference` of a run's id is too short.
  case referenceTooShort(reference: String)
  /// No experiment has the name or id `reference`.
  case experimentNotFound(reference: String)
  /// A filter of runs that cannot be understood, from the character at `position` on.
  case invalidFilter(filter: String, position: Int, reason: String, hint: String)
  /// An order of runs that cannot be understood, from the character at `position` on.
  case invalidOrder(order: String, position: Int, reason: String, hint: String)
  /// The run logged nothing under the metric `key`; `known` are the keys it has.
  case metricNotFound(run: String, key: String, known: [String])
  /// A key or name that cannot be stored.
  case invalidName(kind: String, name: String, reason: String)
  /// An environment variable names something that is not a run's id.
  case invalidRunVariable(variable: String, value: String)
  /// A path under which no artifact can be logged.
  case invalidArtifactPath(path: String, reason: String)
  /// The run has no artifact of that path.
  case artifactNotFound(run: String, path: String)
  /// The tracking server at `url` did not do what only it can do.
  case serverFailed(url: String, reason: String)
  /// No model is registered under that name.
  case modelNotFound(name: String)
  /// A model is registered under that name already.
  case modelExists(name: String)
  /// The registered model has no version of that number.
  case modelVersionNotFound(name: String, version: String)
  /// No version of the registered model is called by that alias.
  case aliasNotFound(name: String, alias: String)
  /// No run logged a model of that id.
  case loggedModelNotFound(id: String)
  /// A file that was sent in parts cannot be put together, or takes no part.
  case uploadRefused(upload: String, reason: String)
  /// The parts of a file are being put together already.
  case uploadBusy(upload: String)
  /// A URI that names no model whose files can be had.
  case invalidModelURI(uri: String, reason: String)
  /// The model has no file of that ending, or several of them.
  case modelFileNotFound(uri: String, ending: String, files: [String])
  /// A file could not be read or written while an artifact was copied.
  case artifactFailed(path: String, reason: String)
  /// `uri` or its settings in the environment name no bucket to keep artifacts in.
  case invalidBucket(uri: String, reason: String)
  /// The bucket that keeps artifacts refused what was asked of it, or cannot be reached.
  case bucketFailed(uri: String, reason: String)

  /// What failed, with values, and what to do.
  public var description: String {
    switch self {
    case .notAFileStore(let uri):
      "\(uri) is not a file store. Set TRACKING_URI to a path, sqlite:///path or file:path, or "
        + "for new runs to a server's URL of http or https."
    case .storeNotFound(let path, searched: true):
      "no tracking store found: there is no tracking.db in \(path) or a folder above it. "
        + "Log a run first, set TRACKING_URI, or name the store's file."
    case .storeNotFound(let path, searched: false):
      "there is no tracking store at \(path). Check the path, or log a run there first."
    case .notADatabase(let path):
      "\(path) is not an SQLite database, or its header is damaged; it was left as it is. "
        + "Name another file or restore a copy."
    case .notATrackingStore(let path, let reason):
      "\(path) is not a tracking store: \(reason). It was left as it is; name another file."
    case .newerSchema(let path, let found, let supported):
      "\(path) has schema version \(found), and this program knows versions up to \(supported). "
        + "It was left as it is; update Martlet."
    case .migrationRefused(let path, let copy, let reason):
      "\(path) is of an older version and was left as it is, because it cannot be copied to \(copy) first: "
        + "\(reason)"
    case .readOnly(let path):
      "cannot write the tracking store \(path): the file or its folder is read-only. "
        + "Change their permissions, or set TRACKING_URI to a place that you may write."
    case .needsWritableFolder(let path):
      "\(path) has changes in \(path)-wal that cannot be read from a read-only folder. "
        + "Copy both files to a folder that you may write and open the copy."
    case .cannotOpen(let path, let reason):
      "cannot open the tracking store \(path): \(reason). "
        + "Check the path and the permissions of its folder."
    case .locked(let path):
      "the tracking store \(path) stayed locked by another process. Try again; "
        + "if it lasts, look for a program that holds a transaction open."
    case .diskFull(let path):
      "the disk that holds \(path) is full; what this call logged was not stored. "
        + "Free some space, or raise your quota, and log it again."
    case .damaged(let path, let reason):
      "the tracking store \(path) is damaged: \(reason). "
        + "Restore a copy, or save what is left with sqlite3 \(path) .recover."
    case .storeRemoved(let path):
      "the tracking store \(path) was removed or replaced while it was open; "
        + "what this call logged was not stored. Put the file back or start a new run."
    case .runRemoved(let path):
      "the run was removed from the tracking store \(path); what this call logged was not "
        + "stored. Start a new run."
    case .databaseFailed(let path, let reason):
      "the tracking store \(path) failed: \(reason). If it happens again, please report it."
    case .runDeleted(let run):
      "run \(run) was deleted; what this call logged was not stored. "
        + "Restore the run with track-cli restore \(run), or start a new one."
    case .paramConflict(let run, let key, let stored, let value):
      "the param \"\(key)\" of run \(run) is \"\(stored)\" already and cannot become \"\(value)\". "
        + "Log it under another name, or in another run."
    case .experimentExists(let name):
      "there is another experiment called \"\(name)\" already. Choose another name, or rename that one."
    case .runNotFound(let reference):
      "no run matches \"\(Self.shortened(reference))\". Give an id, at least 4 digits of its beginning, "
        + "a run's name, latest or latest~N; list the runs with: track-cli runs"
    case .ambiguousRun(let reference, let candidates):
      "\"\(reference)\" matches \(candidates.count) runs; give more of the id of one of them:"
        + candidates.map { "\n  \($0)" }.joined()
    case .referenceTooShort(let reference):
      "\"\(reference)\" is no run's name and too short for the beginning of an id. "
        + "Give at least 4 digits."
    case .experimentNotFound(let reference):
      "no experiment has the name or id \"\(Self.shortened(reference))\". List them with: track-cli experiments"
    case .invalidFilter(let filter, let position, let reason, let hint):
      "the filter cannot be understood: \(reason).\n\(Self.pointing(to: position, in: filter))\n\(hint)"
    case .invalidOrder(let order, let position, let reason, let hint):
      "the order cannot be understood: \(reason).\n\(Self.pointing(to: position, in: order))\n\(hint)"
    case .metricNotFound(let run, let key, let known):
      "run \(run) has no metric \"\(key)\". "
        + (known.isEmpty ? "It has none at all." : "It has: \(known.joined(separator: ", ")).")
    case .invalidName(let kind, let name, let reason):
      "\"\(Self.shortened(name))\" cannot be the \(kind): \(reason)."
    case .invalidRunVariable(let variable, let value):
      "\(variable) is \"\(value)\", which is not a run's id. "
        + "Set it to the 32 hexadecimal digits of the parent run, or unset it."
    case .invalidArtifactPath(let path, let reason):
      "no artifact can be logged as \"\(Self.shortened(path))\": \(reason). "
        + "Give a relative path such as plots/loss.png."
    case .artifactNotFound(let run, let path):
      "run \(run) has no artifact \"\(path)\". List them with: track-cli artifacts \(run)"
    case .serverFailed(let url, let reason):
      // What the HTTP client says ends as a sentence does.
      "the tracking server \(url) cannot help: \(reason)\(reason.hasSuffix(".") ? "" : ".")"
    case .modelNotFound(let name):
      "no model is registered as \"\(name)\". List them with: track-cli models"
    case .modelExists(let name):
      "a model is registered as \"\(name)\" already. Add a version to it, or choose another name."
    case .modelVersionNotFound(let name, let version):
      "the model \"\(name)\" has no version \(version). List them with: track-cli models \(name)"
    case .aliasNotFound(let name, let alias):
      "no version of the model \"\(name)\" is called \"\(alias)\". "
        + "List the aliases with: track-cli models \(name)"
    case .loggedModelNotFound(let id):
      "there is no logged model \"\(id)\"; an id is like m-1a2b3c and 26 digits more. "
        + "Perhaps it was deleted."
    case .uploadRefused(let upload, let reason):
      "the upload \(Self.shortened(upload)) is refused: \(reason)."
    case .uploadBusy(let upload):
      "the parts of the upload \(upload) are being put together. Ask again in a moment."
    case .invalidModelURI(let uri, let reason):
      "\"\(Self.shortened(uri))\" gives no model: \(reason). Give models:/NAME@ALIAS, models:/NAME/VERSION, "
        + "models:/NAME/latest, models:/m-ID or runs:/RUN/PATH."
    case .modelFileNotFound(let uri, let ending, let files):
      "the model \(uri) has no file .\(ending), or more than one; it has "
        + "\(Self.shortened(files.joined(separator: ", ")))."
    case .artifactFailed(let path, let reason):
      "cannot copy \(path): \(reason). Check that both places exist and that you may use them."
    case .invalidBucket(let uri, let reason):
      "artifacts cannot be kept in \"\(Self.shortened(uri))\": \(reason)."
    case .bucketFailed(let uri, let reason):
      "cannot use \(uri): \(reason)."
    }
  }

  /// The beginning of a text that is too long for a message.
  private static func shortened(_ text: String) -> String {
    text.utf8.count <= 120 ? text : "\(text.prefix(60))… (\(text.utf8.count) bytes)"
  }

  /// The part of `text` around a character, with a caret below that.
  private static func pointing(to position: Int, in text: String) -> String {
    let characters = text.map { $0.isNewline || $0 == "\t" ? " " : $0 }
    let start = max(0, position - 60)
    let part = String(characters[start..<min(characters.count, position + 20)])
    return "  \(part)\n  \(String(repeating: " ", count: position - start))^"
  }
}
