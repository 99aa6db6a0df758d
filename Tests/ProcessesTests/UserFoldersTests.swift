import Processes
import Testing

@Suite("UserFolders")
struct UserFoldersTests {
  @Test(
    "finds the folder of caches as the XDG specification says",
    arguments: [
      (["XDG_CACHE_HOME": "/c", "HOME": "/h"], "/c"), (["HOME": "/h"], "/h/.cache"),
      (["XDG_CACHE_HOME": "", "HOME": "/h"], "/h/.cache"),
      (["XDG_CACHE_HOME": "relative", "HOME": "/h"], "/h/.cache"),
      (["XDG_CACHE_HOME": "relative"], nil), (["HOME": ""], nil), ([:], nil),
    ] as [([String: String], String?)])
  func cache(environment: [String: String], expected: String?) {
    #expect(UserFolders.cache(environment) == expected)
  }
}
