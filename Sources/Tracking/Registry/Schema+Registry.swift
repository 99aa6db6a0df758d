extension Schema {
  /// What version 3 adds: registered models with their versions, and models that runs logged.
  ///
  /// Runs are named by their ids there, not by their numbers: what is known of a model outlives its run.
  static let version3 = registeredModels + loggedModels

  private static let registeredModels = [
    """
    CREATE TABLE registered_models (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL UNIQUE,
      description TEXT NOT NULL,
      created_ms INTEGER NOT NULL,
      updated_ms INTEGER NOT NULL,
      last_version INTEGER NOT NULL DEFAULT 0
    ) STRICT
    """,
    """
    CREATE TABLE registered_model_tags (
      model INTEGER NOT NULL REFERENCES registered_models(id) ON DELETE CASCADE,
      key TEXT NOT NULL,
      value TEXT NOT NULL,
      PRIMARY KEY (model, key)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE model_versions (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      model INTEGER NOT NULL REFERENCES registered_models(id) ON DELETE CASCADE,
      version INTEGER NOT NULL,
      created_ms INTEGER NOT NULL,
      updated_ms INTEGER NOT NULL,
      description TEXT NOT NULL,
      stage TEXT NOT NULL CHECK (stage IN ('None', 'Staging', 'Production', 'Archived')),
      source TEXT NOT NULL,
      storage TEXT NOT NULL,
      run_id TEXT NOT NULL,
      run_link TEXT NOT NULL,
      model_id TEXT,
      UNIQUE (model, version)
    ) STRICT
    """,
    "CREATE INDEX model_versions_by_run ON model_versions(run_id)",
    "CREATE INDEX model_versions_by_logged_model ON model_versions(model_id)",
    "CREATE INDEX model_versions_by_update ON model_versions(updated_ms)",
    """
    CREATE TABLE model_version_tags (
      version INTEGER NOT NULL REFERENCES model_versions(id) ON DELETE CASCADE,
      key TEXT NOT NULL,
      value TEXT NOT NULL,
      PRIMARY KEY (version, key)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE model_aliases (
      model INTEGER NOT NULL REFERENCES registered_models(id) ON DELETE CASCADE,
      alias TEXT NOT NULL,
      version INTEGER NOT NULL REFERENCES model_versions(id) ON DELETE CASCADE,
      PRIMARY KEY (model, alias)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX model_aliases_by_version ON model_aliases(version)",
  ]

  private static let loggedModels = [
    """
    CREATE TABLE logged_models (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      model_id TEXT NOT NULL UNIQUE,
      experiment INTEGER NOT NULL REFERENCES experiments(id) ON DELETE CASCADE,
      name TEXT NOT NULL,
      model_type TEXT NOT NULL,
      source_run_id TEXT NOT NULL,
      status TEXT NOT NULL CHECK (status IN ('UNSPECIFIED', 'PENDING', 'READY', 'UPLOAD_FAILED')),
      created_ms INTEGER NOT NULL,
      updated_ms INTEGER NOT NULL,
      deleted_ms INTEGER
    ) STRICT
    """,
    "CREATE INDEX logged_models_by_experiment ON logged_models(experiment, created_ms)",
    "CREATE INDEX logged_models_by_run ON logged_models(source_run_id)",
    """
    CREATE TABLE logged_model_params (
      model INTEGER NOT NULL REFERENCES logged_models(id) ON DELETE CASCADE,
      key TEXT NOT NULL,
      value TEXT NOT NULL,
      PRIMARY KEY (model, key)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE logged_model_tags (
      model INTEGER NOT NULL REFERENCES logged_models(id) ON DELETE CASCADE,
      key TEXT NOT NULL,
      value TEXT NOT NULL,
      PRIMARY KEY (model, key)
    ) STRICT, WITHOUT ROWID
    """,
    // As with points, a NaN is the text `NaN`.
    """
    CREATE TABLE logged_model_metrics (
      model INTEGER NOT NULL REFERENCES logged_models(id) ON DELETE CASCADE,
      key TEXT NOT NULL,
      run_id TEXT NOT NULL,
      step INTEGER NOT NULL,
      time_ms INTEGER NOT NULL,
      value REAL NOT NULL,
      dataset_name TEXT NOT NULL,
      dataset_digest TEXT NOT NULL,
      PRIMARY KEY (model, key, run_id, step, time_ms, value)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE logged_model_artifacts (
      model INTEGER NOT NULL REFERENCES logged_models(id) ON DELETE CASCADE,
      path TEXT NOT NULL,
      sha256 TEXT NOT NULL,
      byte_count INTEGER NOT NULL,
      logged_ms INTEGER NOT NULL,
      PRIMARY KEY (model, path)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX logged_model_artifacts_by_content ON logged_model_artifacts(sha256)",
    """
    CREATE TABLE run_models (
      run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
      is_output INTEGER NOT NULL CHECK (is_output IN (0, 1)),
      model_id TEXT NOT NULL,
      step INTEGER NOT NULL,
      PRIMARY KEY (run, is_output, model_id, step)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX run_models_by_model ON run_models(model_id)",
  ]
}
