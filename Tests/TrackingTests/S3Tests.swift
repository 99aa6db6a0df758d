import Testing

import Tracking

@Suite("S3")
struct S3Tests {
  /// A request that the Amazon S3 API reference signs as an example, in "Signature Calculations for the Authorization Header".
  struct Example {
    let method: String
    let path: String
    var query: [(name: String, value: String)] = []
    var headers: [(name: String, value: String)] = []
    var digest = S3Signature.emptyDigest
    let signedHeaders: String
    let signature: String
  }

  static let examples = [
    Example(
      method: "GET", path: "/test.txt", headers: [("Range", "bytes=0-9")],
      signedHeaders: "host;range;x-amz-content-sha256;x-amz-date",
      signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
    Example(
      method: "PUT", path: "/test%24file.text",
      headers: [
        ("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
      ], digest: "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
      signedHeaders: "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
      signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"),
    Example(
      method: "GET", path: "/", query: [("lifecycle", "")],
      signedHeaders: "host;x-amz-content-sha256;x-amz-date",
      signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
    Example(
      method: "GET", path: "/", query: [("prefix", "J"), ("max-keys", "2")],
      signedHeaders: "host;x-amz-content-sha256;x-amz-date",
      signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
  ]

  @Test("signs as the Amazon S3 API reference does", arguments: examples)
  func signing(_ example: Example) {
    let signer = S3Signature(
      keyID: "AKIAIOSFODNN7EXAMPLE", secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", token: nil,
      region: "us-east-1")
    let headers = signer.headers(
      example.method, host: "examplebucket.s3.amazonaws.com", path: example.path,
      query: example.query, headers: example.headers, bodyDigest: example.digest,
      seconds: 1_369_353_600)
    #expect(headers.first { $0.name == "x-amz-date" }?.value == "20130524T000000Z")
    #expect(
      headers.last?.value
        == "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
        + "SignedHeaders=\(example.signedHeaders),Signature=\(example.signature)")
  }

  @Test("signs the token of a session")
  func token() {
    let signer = S3Signature(keyID: "A", secret: "B", token: "TOKEN", region: "eu-west-1")
    let headers = signer.headers(
      "GET", host: "h", path: "/", bodyDigest: S3Signature.emptyDigest, seconds: 0)
    #expect(headers.first { $0.name == "x-amz-security-token" }?.value == "TOKEN")
    #expect(headers.last?.value.contains("x-amz-date;x-amz-security-token,") == true)
  }

  @Test(
    "writes times",
    arguments: [
      (0, "19700101T000000Z"), (951_782_399, "20000228T235959Z"), (951_782_400, "20000229T000000Z"),
      (1_709_251_199, "20240229T235959Z"), (1_735_689_599, "20241231T235959Z"),
      (4_107_542_400, "21000301T000000Z"),
    ] as [(Int64, String)])
  func times(_ seconds: Int64, _ text: String) {
    #expect(S3Signature.basicTime(seconds) == text)
  }

  @Test("finds the server of a bucket")
  func addresses() throws {
    let plain = try S3Address("s3://runs/team/a b/", environment: ["AWS_REGION": "eu-west-1"])
    #expect(plain.host == "runs.s3.eu-west-1.amazonaws.com")
    #expect(plain.path(plain.key("abcd")) == "/team/a%20b/ab/abcd")
    #expect(plain.uri(plain.key("abcd")) == "s3://runs/team/a b/ab/abcd")
    let dotted = try S3Address("s3://my.runs", environment: ["AWS_DEFAULT_REGION": "cn-north-1"])
    #expect(dotted.host == "s3.cn-north-1.amazonaws.com.cn")
    #expect(dotted.path(dotted.key("abcd")) == "/my.runs/ab/abcd")
    let own = try S3Address(
      "s3://runs", environment: ["MLFLOW_S3_ENDPOINT_URL": "http://127.0.0.1:9000/"])
    #expect((own.scheme, own.host) == ("http", "127.0.0.1:9000"))
    #expect(own.region == "us-east-1")
    #expect(own.path("") == "/runs")
    let standard = try S3Address(
      "s3://runs", environment: ["AWS_ENDPOINT_URL_S3": "https://s3.example.org:443"])
    #expect(standard.host == "s3.example.org")
  }

  @Test(
    "refuses what names no bucket",
    arguments: [
      ("s3://", "names no bucket"), ("s3:///folder", "names no bucket"),
      ("s3://UPPER", "\"UPPER\""),
      ("s3://ab", "3 to 63"), ("s3://runs/../x", "beginning of a key"),
      ("s3://runs?x=1", "3 to 63"), ("s3://runs/a#b", "beginning of a key"),
    ])
  func badAddresses(_ uri: String, _ reason: String) {
    let error = #expect(throws: TrackingError.self) { try S3Address(uri, environment: [:]) }
    #expect("\(error!)".contains(reason))
  }

  @Test("keeps passwords of endpoints and secret keys out of errors")
  func secrets() throws {
    let error = #expect(throws: TrackingError.self) {
      try S3Address(
        "s3://runs", environment: ["AWS_ENDPOINT_URL_S3": "https://me:hush@s3.example.org"])
    }
    #expect("\(error!)".contains("AWS_ENDPOINT_URL_S3") && !"\(error!)".contains("hush"))
    let bucket = try S3Bucket("s3://runs", environment: ["AWS_SECRET_ACCESS_KEY": "hush"])
    let missing = #expect(throws: TrackingError.self) { try bucket.size("key") }
    #expect("\(missing!)".contains("AWS_ACCESS_KEY_ID") && !"\(missing!)".contains("hush"))
  }

  @Test("reads refusals")
  func refusals() throws {
    let address = try S3Address("s3://runs", environment: [:])
    func reason(_ status: Int, _ code: String, region: String? = nil) -> String {
      let body = "<?xml version=\"1.0\"?><Error><Code>\(code)</Code><Message>m</Message></Error>"
      return S3Failure(status: status, body: Array(body.utf8), region: region).reason(address)
    }
    #expect(reason(403, "RequestTimeTooSkewed").contains("clock"))
    #expect(reason(403, "SignatureDoesNotMatch").contains("AWS_SECRET_ACCESS_KEY"))
    #expect(reason(404, "NoSuchBucket").contains("no bucket runs"))
    #expect(reason(301, "PermanentRedirect", region: "eu-west-3").contains("AWS_REGION=eu-west-3"))
    #expect(reason(503, "SlowDown").hasPrefix("the server answers 503 SlowDown. Try again"))
    #expect(
      xmlTexts("Key", in: Array("<Key>a&amp;lt;</Key><Key/><Key>b</Key>".utf8)[...]) == [
        "a&lt;", "b",
      ])
  }
}
