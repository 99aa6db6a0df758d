/// Calls about models: logged ones, registered ones and their versions.
///
/// - SeeAlso: MLflow's REST API.
enum ModelCalls {
  private static let page = "page_token, max_results: int64, filter, order_by: [string]"
  private static let model = "registered_model*: RegisteredModel"
  private static let version = "model_version*: ModelVersion"

  static let logged: [DescribedCall] = [
    .init(
      "POST logged-models", "Creates a logged model.",
      "experiment_id*, name, model_type, source_run_id, params: [Param], tags: [Tag]",
      gives: "model*: LoggedModel"),
    .init(
      "POST logged-models/search", "Logged models that a filter finds, in pages.",
      "experiment_ids*: [string], filter, datasets: [SearchedDataset], max_results: int64, "
        + "order_by: [SearchOrder], page_token", gives: "models: [LoggedModel], next_page_token"),
    .init(
      "GET logged-models/{model_id}", "A logged model.", "allow_deleted: bool",
      gives: "model*: LoggedModel"),
    .init(
      "PATCH logged-models/{model_id}", "Says how a logged model came out.",
      "status*: LoggedModelStatus", gives: "model*: LoggedModel"),
    .init("DELETE logged-models/{model_id}", "Marks a logged model as deleted."),
    .init(
      "PATCH logged-models/{model_id}/tags", "Sets tags of a logged model.", "tags: [Tag]"),
    .init("DELETE logged-models/{model_id}/tags/{tag_key}", "Removes a tag of a logged model."),
    .init(
      "POST logged-models/{model_id}/params", "Logs params of a logged model.", "params: [Param]"),
    .init(
      "GET logged-models/{model_id}/artifacts/directories",
      "What is in a folder of a logged model's artifacts.", "artifact_directory_path",
      gives: "root_uri*, files: [FileInfo]"),
    .init(
      "GET /ajax-api/2.0/mlflow/logged-models/{model_id}/artifacts/files",
      "The contents of a logged model's artifact.", "artifact_file_path*",
      answer: .media("application/octet-stream")),
  ]

  static let registered: [DescribedCall] = [
    .init(
      "POST registered-models/create", "Registers a model.", "name*, description, tags: [Tag]",
      gives: model),
    .init(
      "POST registered-models/rename", "Renames a registered model.", "name*, new_name*",
      gives: model),
    .init(
      "PATCH registered-models/update", "Describes a registered model.", "name*, description",
      gives: model),
    .init("DELETE registered-models/delete", "Removes a registered model.", "name*"),
    .init("GET registered-models/get", "A registered model.", "name*", gives: model),
    .init(
      "GET registered-models/search", "Registered models that a filter finds, in pages.", page,
      gives: "registered_models: [RegisteredModel], next_page_token"),
    latest("GET"), latest("POST"),
    .init(
      "POST registered-models/set-tag", "Sets a tag of a registered model.", "name*, key*, value"),
    .init(
      "DELETE registered-models/delete-tag", "Removes a tag of a registered model.", "name*, key*"),
    .init(
      "POST registered-models/alias", "Lets an alias mean a version.", "name*, alias*, version*"),
    .init("DELETE registered-models/alias", "Removes an alias.", "name*, alias*"),
    .init(
      "GET registered-models/alias", "The version that an alias means.", "name*, alias*",
      gives: version),
  ]

  private static func latest(_ method: String) -> DescribedCall {
    DescribedCall(
      "\(method) registered-models/get-latest-versions", "The latest version of each stage.",
      "name*, stages: [string]", gives: "model_versions: [ModelVersion]")
  }

  static let versions: [DescribedCall] = [
    .init(
      "POST model-versions/create", "Registers a version of a model.",
      "name*, source*, run_id, run_link, model_id, description, tags: [Tag]", gives: version),
    .init(
      "PATCH model-versions/update", "Describes a version.", "name*, version*, description",
      gives: version),
    .init(
      "POST model-versions/transition-stage", "Moves a version to another stage.",
      "name*, version*, stage*, archive_existing_versions: bool", gives: version),
    .init("DELETE model-versions/delete", "Removes a version.", "name*, version*"),
    .init("GET model-versions/get", "A version.", "name*, version*", gives: version),
    .init(
      "GET model-versions/search", "Versions that a filter finds, in pages.", page,
      gives: "model_versions: [ModelVersion], next_page_token"),
    .init(
      "GET model-versions/get-download-uri", "Where a version's files are.", "name*, version*",
      gives: "artifact_uri*"),
    .init(
      "POST model-versions/set-tag", "Sets a tag of a version.", "name*, version*, key*, value"),
    .init(
      "DELETE model-versions/delete-tag", "Removes a tag of a version.", "name*, version*, key*"),
    .init(
      "GET /model-versions/get-artifact", "The contents of a file of a version.",
      "name*, version*, path*", answer: .media("application/octet-stream")),
  ]
}

/// Calls about artifacts and about the server itself.
enum ServerCalls {
  private static let file = "application/octet-stream"

  static let artifacts: [DescribedCall] = [
    .init(
      "GET \(ArtifactsAPI.proxy)", "What is in a folder, for MLflow's artifact proxy.", "path",
      gives: "files: [FileInfo]"),
    .init(
      "GET \(ArtifactsAPI.proxy)/{path}", "The contents of an artifact; Range asks for a part.",
      answer: .media(file)),
    .init(
      "PUT \(ArtifactsAPI.proxy)/{path}", "Keeps an artifact.", answer: .nothing, upload: file),
    .init("DELETE \(ArtifactsAPI.proxy)/{path}", "Removes an artifact or a folder of them."),
    .init(
      "POST \(UploadsAPI.prefix)create/{path}",
      "Begins an artifact that is sent in up to 10,000 parts; the path is that of its folder.",
      "path*, num_parts: int64", gives: "upload_id*, credentials*: [UploadCredential]"),
    .init(
      "PUT \(UploadsAPI.parts){upload}/{number}",
      "Takes a part of an artifact with the headers of its credential; the answer's ETag is to be listed.",
      answer: .nothing, upload: file),
    .init(
      "POST \(UploadsAPI.prefix)complete/{path}", "Makes an artifact of its parts.",
      "path*, upload_id*, parts*: [UploadedPart]"),
    .init(
      "POST \(UploadsAPI.prefix)abort/{path}", "Ends an artifact that was sent in parts.",
      "path*, upload_id*"),
    .init(
      "GET \(DirectTransfers.downloads)/{path}",
      "A URL of an artifact at the bucket where it is kept, for five minutes; 501 where it is in a folder.",
      "", gives: "url*, headers: object, file_size: int64"),
    .init(
      "GET /get-artifact", "The contents of a run's artifact.", "run_id*, path*",
      answer: .media(file)),
    .init(
      "POST \(PageAPI.upload)", "Keeps an artifact of a run, up to 10 MiB.", "run_uuid*, path*",
      upload: file),
  ]

  static let server: [DescribedCall] = [
    .init("GET /health", "OK while the server answers.", answer: .media("text/plain")),
    .init(
      "GET /version", "The version of MLflow whose calls these are.", answer: .media("text/plain")),
    .init("GET /metrics", "Figures for Prometheus.", answer: .media("text/plain")),
    .init(
      "GET /openapi.json", "This description.",
      "", gives: "openapi*, info*: object, paths*: object, components*: object"),
    .init(
      "GET /api/3.0/mlflow/server-info",
      "What MLflow's clients ask for before they move artifacts.",
      "", gives: "store_type*"),
    .init(
      "POST /graphql", "What MLflow's page asks for at once.",
      "query*, operationName, variables: object", gives: "data*: value, errors*: value"),
    .init(
      "GET gateway-proxy", "No endpoints: there is no gateway to language models.", "",
      gives: "endpoints*: [object]"),
    .init(
      "POST gateway-proxy", "The same, as MLflow's page asks for it.", "",
      gives: "endpoints*: [object]"),
  ]
}
