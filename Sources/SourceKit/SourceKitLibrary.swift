import CSourceKit

/// The toolchain's sourcekitd, loaded into this process.
///
/// Any request may crash the process or never return, so it belongs in a process of its own. It is
/// not `Sendable`: load it and use it on one thread.
@safe package final class SourceKitLibrary {
  fileprivate let functions: csourcekit_functions

  /// Loads `lib/libsourcekitdInProc.so` of a toolchain.
  ///
  /// - Parameter toolchain: The toolchain's `usr` folder.
  /// - Throws: `SourceKitError.libraryUnusable` when it is missing or lacks a function.
  package init(toolchain: String) throws(SourceKitError) {
    let path = "\(toolchain)/lib/libsourcekitdInProc.so"
    var functions = csourcekit_functions()
    if let reason = unsafe csourcekit_load(path, &functions) {
      throw .libraryUnusable(path: path, reason: unsafe String(cString: reason))
    }
    self.functions = functions
    functions.initialize()
  }

  /// Returns the interned name `text`, for reading replies.
  package func key(_ text: String) -> SourceKitKey {
    unsafe SourceKitKey(uid: functions.uid_get_from_cstr(text))
  }

  /// Sends a request and waits for its reply, however long it takes.
  ///
  /// - Parameter request: The fields of the request, `key.request` among them.
  /// - Returns: The reply's top value.
  /// - Throws: `SourceKitError.requestFailed` when the library answers with an error.
  package func send(_ request: [String: SourceKitValue]) throws(SourceKitError) -> SourceKitReply {
    let object = unsafe make(.dictionary(request))
    defer { unsafe functions.request_release(object) }
    guard let response = unsafe functions.send_request_sync(object) else {
      throw .requestFailed("no reply")
    }
    let owner = unsafe SourceKitResponse(response: response, library: self)
    guard unsafe !functions.response_is_error(response) else {
      let text = unsafe functions.response_error_get_description(response)
      throw .requestFailed(unsafe text.map { unsafe String(cString: $0) } ?? "unknown error")
    }
    return unsafe SourceKitReply(owner: owner, variant: functions.response_get_value(response))
  }

  /// Makes the library's own form of `value`; the caller releases it.
  private func make(_ value: SourceKitValue) -> csourcekit_object? {
    switch value {
    case .name(let text):
      return unsafe functions.request_uid_create(functions.uid_get_from_cstr(text))
    case .text(let text):
      return unsafe functions.request_string_create(text)
    case .integer(let integer):
      return functions.request_int64_create(Int64(integer))
    case .array(let values):
      let array = functions.request_array_create(nil, 0)
      for value in values {
        let item = unsafe make(value)
        // An index of -1 appends.
        unsafe functions.request_array_set_value(array, -1, item)
        unsafe functions.request_release(item)
      }
      return unsafe array
    case .dictionary(let fields):
      let dictionary = functions.request_dictionary_create(nil, nil, 0)
      for (key, value) in fields {
        let item = unsafe make(value)
        let uid = unsafe functions.uid_get_from_cstr(key)
        unsafe functions.request_dictionary_set_value(dictionary, uid, item)
        unsafe functions.request_release(item)
      }
      return unsafe dictionary
    }
  }
}

/// A part of a request.
package enum SourceKitValue: Sendable, Equatable {
  /// An interned name, as in `source.request.cursorinfo`.
  case name(String)
  /// Text without NUL characters.
  case text(String)
  case integer(Int)
  indirect case array([SourceKitValue])
  indirect case dictionary([String: SourceKitValue])
}

/// The interned name of a field in a reply.
@safe package struct SourceKitKey {
  fileprivate let uid: csourcekit_uid?
}

/// A reply, which lives as long as a value taken out of it does.
@safe private final class SourceKitResponse {
  let response: csourcekit_response
  let library: SourceKitLibrary

  init(response: csourcekit_response, library: SourceKitLibrary) {
    unsafe self.response = unsafe response
    self.library = library
  }

  deinit { unsafe library.functions.response_dispose(response) }
}

/// A value inside a reply.
@safe package struct SourceKitReply {
  private let owner: SourceKitResponse
  private let variant: csourcekit_variant

  fileprivate init(owner: SourceKitResponse, variant: csourcekit_variant) {
    self.owner = owner
    self.variant = variant
  }

  /// The text of the field `key`; `nil` when there is none.
  package func text(_ key: SourceKitKey) -> String? {
    guard let text = unsafe owner.library.functions.variant_dictionary_get_string(variant, key.uid)
    else {
      return nil
    }
    return unsafe String(cString: text)
  }

  /// The name in the field `key`; empty when there is none.
  package func name(_ key: SourceKitKey) -> String {
    guard let uid = unsafe owner.library.functions.variant_dictionary_get_uid(variant, key.uid),
      let text = unsafe owner.library.functions.uid_get_string_ptr(uid)
    else { return "" }
    return unsafe String(cString: text)
  }

  /// What tells the name in the field `key` from others, quicker than its text; 0 for none.
  package func nameIdentity(_ key: SourceKitKey) -> UInt {
    UInt(bitPattern: unsafe owner.library.functions.variant_dictionary_get_uid(variant, key.uid))
  }

  /// The number in the field `key`; 0 when there is none.
  package func integer(_ key: SourceKitKey) -> Int {
    Int(unsafe owner.library.functions.variant_dictionary_get_int64(variant, key.uid))
  }

  /// The items of the array in the field `key`; empty when there is none.
  package func items(_ key: SourceKitKey) -> [SourceKitReply] {
    let array = unsafe owner.library.functions.variant_dictionary_get_value(variant, key.uid)
    let functions = owner.library.functions
    guard functions.variant_get_type(array) == CSOURCEKIT_ARRAY else { return [] }
    return (0..<functions.variant_array_get_count(array)).map { index in
      SourceKitReply(owner: owner, variant: functions.variant_array_get_value(array, index))
    }
  }
}
