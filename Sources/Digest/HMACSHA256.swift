import CCrypto

/// HMAC with SHA-256 under one key.
///
/// ```swift
/// let code = HMACSHA256(key: Array("key".utf8))
/// hexadecimal(code.signature(of: [Array("a".utf8), Array("b".utf8)]))  // Signs "ab".
/// ```
///
/// The key is scheduled once, so that signing many messages costs little; any thread may sign.
///
/// - SeeAlso: RFC 2104, RFC 4231.
package struct HMACSHA256: Sendable {
  private let keyed: KeyedContext

  /// Prepares `key`, of any length.
  package init(key: [UInt8]) {
    keyed = KeyedContext(key: key)
  }

  /// Returns the code of the concatenated `frames`: 32 bytes.
  package func signature(of frames: [[UInt8]]) -> [UInt8] {
    keyed.signature(of: frames)
  }

  /// Whether `signature` is the code of the concatenated `frames`, in constant time.
  package func isValid(_ signature: [UInt8], of frames: [[UInt8]]) -> Bool {
    constantTimeEquals(signature, keyed.signature(of: frames))
  }
}

/// Owns an `EVP_MAC_CTX` that holds the key.
///
/// Sendable although unchecked: after `init` the context is only ever duplicated, which reads it.
@safe private final class KeyedContext: @unchecked Sendable {
  private let handle: OpaquePointer

  init(key: [UInt8]) {
    guard let algorithm = unsafe EVP_MAC_fetch(nil, "HMAC", nil) else {
      fatalError("libcrypto offers no HMAC")
    }
    defer { unsafe EVP_MAC_free(algorithm) }
    guard let handle = unsafe EVP_MAC_CTX_new(algorithm) else {
      fatalError("libcrypto is out of memory")
    }
    unsafe self.handle = unsafe handle
    // HMAC pads the key with zeros, so that one zero byte is the empty key; libcrypto takes a
    // key of no bytes for "keep the earlier key".
    let padded = key.isEmpty ? [0] : key
    var digestName = Array("SHA256".utf8CString)
    let started = unsafe digestName.withUnsafeMutableBufferPointer { name in
      let parameters = unsafe [
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, name.baseAddress, 0),
        OSSL_PARAM_construct_end(),
      ]
      return unsafe EVP_MAC_init(handle, padded, padded.count, parameters)
    }
    precondition(started == 1, "libcrypto could not start HMAC with SHA-256")
  }

  deinit { unsafe EVP_MAC_CTX_free(handle) }

  func signature(of frames: [[UInt8]]) -> [UInt8] {
    guard let context = unsafe EVP_MAC_CTX_dup(handle) else {
      fatalError("libcrypto is out of memory")
    }
    defer { unsafe EVP_MAC_CTX_free(context) }
    for frame in frames where !frame.isEmpty {
      let updated = unsafe EVP_MAC_update(context, frame, frame.count)
      precondition(updated == 1, "libcrypto could not go on with an HMAC")
    }
    var code = [UInt8](repeating: 0, count: 32)
    var byteCount = 0
    let finished = unsafe EVP_MAC_final(context, &code, &byteCount, code.count)
    precondition(finished == 1 && byteCount == 32, "libcrypto could not finish an HMAC")
    return code
  }
}
