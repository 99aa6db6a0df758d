import Glibc

/// A queue between threads; `take` blocks until something is there.
///
/// A semaphore carries the count, because a thread that waits on one can be parked for good
/// without a lock in its hands.
@safe final class Mailbox<Element: Sendable>: @unchecked Sendable {
  // Sendable: `items` is touched only under `lock`, and nothing is called while it is held.
  private var items: [Element] = []
  private var lock = unsafe pthread_mutex_t()
  private let count = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

  init() {
    unsafe pthread_mutex_init(&lock, nil)
    unsafe sem_init(count, 0, 0)
  }

  deinit { unsafe count.deallocate() }

  func put(_ item: Element) {
    withLock { items.append(item) }
    unsafe sem_post(count)
  }

  func take() -> Element {
    while true {
      while unsafe sem_wait(count) != 0 {}
      if let item = withLock({ items.isEmpty ? nil : items.removeFirst() }) { return item }
    }
  }

  func empty() {
    withLock { items.removeAll() }
  }

  private func withLock<Result>(_ body: () -> Result) -> Result {
    withoutParking {
      unsafe pthread_mutex_lock(&lock)
      defer { unsafe pthread_mutex_unlock(&lock) }
      return body()
    }
  }
}
