/// The messages of the REST API: for each, its fields in the notation of `DescribedField`.
///
/// - SeeAlso: MLflow's REST API, "Data Structures".
enum DescribedMessages {
  static let table: [(name: String, fields: String)] = [
    ("Error", "error_code*, message*"),
    (
      "Experiment",
      "experiment_id*, name*, artifact_location, lifecycle_stage, last_update_time: int64, creation_time: int64, tags: [Tag]"
    ),
    ("Tag", "key*, value"),
    ("Param", "key*, value"),
    ("Run", "info*: RunInfo, data*: RunData, inputs: RunInputs, outputs: RunOutputs"),
    (
      "RunInfo",
      "run_id*, run_uuid*, run_name*, experiment_id*, user_id, status*: RunStatus, start_time*: int64, end_time: int64, artifact_uri*, lifecycle_stage*, interrupted: bool"
    ),
    ("RunData", "metrics: [Metric], params: [Param], tags: [Tag]"),
    ("RunInputs", "dataset_inputs: [DatasetInput], model_inputs: [ModelInput]"),
    ("RunOutputs", "model_outputs: [ModelOutput]"),
    (
      "Metric",
      "key*, value*: double, timestamp*: int64, step: int64, dataset_name, dataset_digest, model_id, run_id"
    ),
    ("MetricWithRunId", "key*, value*: double, timestamp*: int64, step*: int64, run_id*"),
    ("Dataset", "name*, digest*, source_type*, source*, schema, profile"),
    ("DatasetInput", "dataset*: Dataset, tags: [Tag]"),
    ("DatasetSummary", "experiment_id*, name*, digest*, context"),
    ("ModelInput", "model_id*"),
    ("ModelOutput", "model_id*, step: int64"),
    ("UploadCredential", "url*, part_number*: int64, headers: object"),
    ("UploadedPart", "part_number*: int64, etag*"),
    ("FileInfo", "path*, is_dir*: bool, file_size: int64"),
    ("LoggedModel", "info*: LoggedModelInfo, data: LoggedModelData"),
    (
      "LoggedModelInfo",
      "model_id*, experiment_id*, name*, creation_timestamp_ms*: int64, last_updated_timestamp_ms*: int64, artifact_uri*, "
        + "status*: LoggedModelStatus, model_type, source_run_id, tags: [Tag], registrations: [LoggedModelRegistration]"
    ),
    ("LoggedModelData", "params: [Param], metrics: [Metric]"),
    ("LoggedModelRegistration", "name*, version*"),
    ("SearchedDataset", "dataset_name*, dataset_digest"),
    ("SearchOrder", "field_name*, ascending: bool, dataset_name, dataset_digest"),
    (
      "RegisteredModel",
      "name*, creation_timestamp*: int64, last_updated_timestamp*: int64, description, latest_versions: [ModelVersion], "
        + "tags: [Tag], aliases: [Alias]"
    ),
    ("Alias", "alias*, version*"),
    (
      "ModelVersion",
      "name*, version*, creation_timestamp*: int64, last_updated_timestamp*: int64, current_stage*, description, source, run_id, "
        + "run_link, status*: ModelVersionStatus, tags: [Tag], aliases: [string], model_id"
    ),
  ]

  /// The enumerations; in requests a member may also be named by its number.
  static let enumerations: [(name: String, members: [String])] = [
    ("RunStatus", ["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"]),
    ("ViewType", ["ACTIVE_ONLY", "DELETED_ONLY", "ALL"]),
    (
      "LoggedModelStatus",
      [
        "LOGGED_MODEL_STATUS_UNSPECIFIED", "LOGGED_MODEL_PENDING", "LOGGED_MODEL_READY",
        "LOGGED_MODEL_UPLOAD_FAILED",
      ]
    ),
    ("ModelVersionStatus", ["PENDING_REGISTRATION", "FAILED_REGISTRATION", "READY"]),
  ]
}
