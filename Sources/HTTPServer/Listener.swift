import CMicroHTTPD
import Glibc

/// A socket that listens.
struct Listener {
  let descriptor: Int32
  let port: Int

  /// Listens at the first address of `host` that is free: a name such as `localhost`, an IPv4 or an IPv6 address.
  init(host: String, port: Int) throws(HTTPServerError) {
    guard (0...65535).contains(port) else {
      throw .cannotListen(host: host, port: port, reason: "a port is a number up to 65535")
    }
    var hints = unsafe addrinfo()
    unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    unsafe hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
    let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
    let name = isBracketed ? String(host.dropFirst().dropLast()) : host
    var found: UnsafeMutablePointer<addrinfo>?
    // IPv4 first, where clients that were told "localhost" look first.
    unsafe hints.ai_family = name == "localhost" ? AF_INET : AF_UNSPEC
    let code = unsafe getaddrinfo(name, "\(port)", &hints, &found)
    guard code == 0, let first = unsafe found else {
      throw .cannotListen(
        host: host, port: port, reason: unsafe String(cString: gai_strerror(code)))
    }
    defer { unsafe freeaddrinfo(found) }
    let kind =
      Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    descriptor = socket(unsafe first.pointee.ai_family, kind, 0)
    func failed() -> HTTPServerError {
      let code = errno
      if code == EADDRINUSE { return .addressInUse(host: host, port: port) }
      return .cannotListen(host: host, port: port, reason: unsafe String(cString: strerror(code)))
    }
    guard descriptor >= 0 else { throw failed() }
    var yes: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, size)
    // Small answers leave at once, also where a client waits for the rest of something.
    unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, size)
    guard unsafe bind(descriptor, first.pointee.ai_addr, first.pointee.ai_addrlen) == 0,
      listen(descriptor, 511) == 0, let bound = Self.port(of: descriptor)
    else {
      let error = failed()
      close(descriptor)
      throw error
    }
    self.port = bound
  }

  private static func port(of descriptor: Int32) -> Int? {
    var address = sockaddr_storage()
    var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let isKnown = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe getsockname(descriptor, $0, &size) == 0
      }
    }
    guard isKnown else { return nil }
    return unsafe withUnsafePointer(to: &address) { pointer in
      // The port is at the same place in addresses of both kinds.
      unsafe pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
        Int(UInt16(bigEndian: unsafe $0.pointee.sin_port))
      }
    }
  }
}

/// The address at the other end of a connection, as text.
func peerAddress(of connection: OpaquePointer) -> String {
  guard let address = unsafe martlet_http_peer(connection) else { return "" }
  let size =
    unsafe Int32(address.pointee.sa_family) == AF_INET6
    ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
  var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
  guard
    unsafe getnameinfo(
      address, socklen_t(size), &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0
  else { return "" }
  return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
