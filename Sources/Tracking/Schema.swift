/// The tables of a store, as the steps that lead from each version to the next.
///
/// A step is never edited once a release has written it; a change is a new step.
enum Schema {
  /// Marks the file as a tracking store: "Mrtl".
  static let applicationID: Int64 = 0x4D72_746C

  /// The version that this program reads and writes.
  static var version: Int { migrations.count }

  /// `migrations[n]` leads from version n to version n + 1.
  static let migrations: [[String]] = [
    version1, version2, version3, version4, version5,
  ]

  /// The tables of version 1.
  ///
  /// Metric points take most of the room, so that a point names its series by number and its time
  /// as milliseconds since the series began. NaN, which SQLite cannot store as a number, is the
  /// text `NaN`; it sorts after every number. The key holds the value too: logging the same point
  /// twice stores it once, while two values at one step are two points.
  private static let version1 = [
    """
    CREATE TABLE experiments (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL,
      created_ms INTEGER NOT NULL,
      updated_ms INTEGER NOT NULL,
      deleted_ms INTEGER
    ) STRICT
    """,
    "CREATE UNIQUE INDEX experiments_by_name ON experiments(name) WHERE deleted_ms IS NULL",
    """
    CREATE TABLE experiment_tags (
      experiment INTEGER NOT NULL REFERENCES experiments(id) ON DELETE CASCADE,
      key TEXT NOT NULL,
      value TEXT NOT NULL,
      PRIMARY KEY (experiment, key)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE runs (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      run_id TEXT NOT NULL UNIQUE,
      experiment INTEGER NOT NULL REFERENCES experiments(id) ON DELETE CASCADE,
      name TEXT NOT NULL,
      status TEXT NOT NULL
        CHECK (status IN ('RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED')),
      start_ms INTEGER NOT NULL,
      end_ms INTEGER,
      parent_run_id TEXT,
      interrupted INTEGER NOT NULL DEFAULT 0,
      owner_host TEXT,
      owner_boot TEXT,
      owner_pid INTEGER,
      owner_started INTEGER,
      heartbeat_ms INTEGER,
      deleted_ms INTEGER
    ) STRICT
    """,
    "CREATE INDEX runs_by_experiment ON runs(experiment, start_ms)",
    "CREATE INDEX runs_by_start ON runs(start_ms)",
    "CREATE INDEX runs_by_name ON runs(name)",
    "CREATE INDEX runs_by_parent ON runs(parent_run_id) WHERE parent_run_id IS NOT NULL",
    "CREATE INDEX runs_alive ON runs(id) WHERE status = 'RUNNING'",
    """
    CREATE TABLE params (
      run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
      key TEXT NOT NULL,
      value TEXT NOT NULL,
      PRIMARY KEY (run, key)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE tags (
      run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
      key TEXT NOT NULL,
      value TEXT NOT NULL,
      PRIMARY KEY (run, key)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE series (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
      key TEXT NOT NULL,
      origin_ms INTEGER NOT NULL,
      point_count INTEGER NOT NULL DEFAULT 0,
      last_step INTEGER,
      last_time INTEGER,
      last_value REAL,
      minimum REAL,
      minimum_step INTEGER,
      maximum REAL,
      maximum_step INTEGER,
      UNIQUE (run, key)
    )
    """,
    """
    CREATE TABLE points (
      series INTEGER NOT NULL REFERENCES series(id) ON DELETE CASCADE,
      step INTEGER NOT NULL,
      time INTEGER NOT NULL,
      value REAL NOT NULL,
      PRIMARY KEY (series, step, time, value)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE artifacts (
      run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
      path TEXT NOT NULL,
      sha256 TEXT NOT NULL,
      byte_count INTEGER NOT NULL,
      logged_ms INTEGER NOT NULL,
      PRIMARY KEY (run, path)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX artifacts_by_content ON artifacts(sha256)",
    """
    CREATE VIEW metric_points AS
      SELECT runs.run_id, series.key, points.step, series.origin_ms + points.time AS time_ms,
        points.value
      FROM points JOIN series ON series.id = points.series JOIN runs ON runs.id = series.run
    """,
    """
    INSERT INTO experiments (id, name, created_ms, updated_ms)
      VALUES (0, 'Default', unixepoch() * 1000, unixepoch() * 1000)
    """,
  ]

  /// What version 2 adds: data sets, which runs share, and whose a run is.
  private static let version2 = [
    "ALTER TABLE runs ADD COLUMN user TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE experiments ADD COLUMN artifact_location TEXT",
    """
    CREATE TABLE datasets (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      experiment INTEGER NOT NULL REFERENCES experiments(id) ON DELETE CASCADE,
      name TEXT NOT NULL,
      digest TEXT NOT NULL,
      source_type TEXT NOT NULL,
      source TEXT NOT NULL,
      schema TEXT,
      profile TEXT,
      UNIQUE (experiment, name, digest)
    ) STRICT
    """,
    """
    CREATE TABLE inputs (
      run INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
      dataset INTEGER NOT NULL REFERENCES datasets(id) ON DELETE CASCADE,
      PRIMARY KEY (run, dataset)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX inputs_by_dataset ON inputs(dataset)",
    """
    CREATE TABLE input_tags (
      run INTEGER NOT NULL,
      dataset INTEGER NOT NULL,
      key TEXT NOT NULL,
      value TEXT NOT NULL,
      PRIMARY KEY (run, dataset, key),
      FOREIGN KEY (run, dataset) REFERENCES inputs(run, dataset) ON DELETE CASCADE
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX runs_deleted ON runs(deleted_ms) WHERE deleted_ms IS NOT NULL",
  ]

  /// What version 4 changes: running runs whose process is watched are found without those of servers' clients, of which there may
  /// be thousands, and the first runs by a metric without looking at all the others.
  private static let version4 = [
    "DROP INDEX IF EXISTS runs_alive",
    """
    CREATE INDEX runs_watched ON runs(heartbeat_ms)
      WHERE status = 'RUNNING' AND owner_host IS NOT NULL
    """,
    "CREATE INDEX series_by_value ON series(key, last_value)",
  ]

  /// What version 5 adds: files that belong to no run.
  ///
  /// They have the columns of the other tables of artifacts; there is one root.
  private static let version5 = [
    """
    CREATE TABLE shared_artifacts (
      root INTEGER NOT NULL CHECK (root = 0),
      path TEXT NOT NULL,
      sha256 TEXT NOT NULL,
      byte_count INTEGER NOT NULL,
      logged_ms INTEGER NOT NULL,
      PRIMARY KEY (root, path)
    ) STRICT, WITHOUT ROWID
    """
  ]
}
