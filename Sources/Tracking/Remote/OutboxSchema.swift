/// What a store has beside its tables that keeps runs for a server: an outbox, which triggers fill.
///
/// Whatever is logged to such a store is an entry of the outbox too, in the same transaction: a call that returned is
/// delivered, in order, whenever the server is there. See decision 0110.
enum OutboxSchema {
  static let statements = [
    """
    CREATE TABLE IF NOT EXISTS outbox (
      seq INTEGER PRIMARY KEY AUTOINCREMENT,
      kind TEXT NOT NULL,
      run INTEGER NOT NULL,
      key TEXT,
      value,
      step INTEGER,
      time INTEGER,
      reason TEXT
    )
    """,
    "CREATE INDEX IF NOT EXISTS outbox_by_run ON outbox(run, seq) WHERE reason IS NULL",
    "CREATE INDEX IF NOT EXISTS outbox_waiting ON outbox(seq) WHERE reason IS NULL",
    // What the server calls a run; `attempted` says that it may have made one whose name never arrived.
    """
    CREATE TABLE IF NOT EXISTS outbox_runs (
      run INTEGER PRIMARY KEY REFERENCES runs(id) ON DELETE CASCADE,
      attempted INTEGER NOT NULL DEFAULT 0,
      remote_id TEXT,
      artifact_uri TEXT
    )
    """,
    // What the server calls a logged model, where it has its files, and what it is registered as. A server without
    // logged models keeps the files with those of the run: then `remote_id` is empty.
    """
    CREATE TABLE IF NOT EXISTS outbox_models (
      model_id TEXT PRIMARY KEY,
      attempted INTEGER NOT NULL DEFAULT 0,
      remote_id TEXT,
      artifact_uri TEXT,
      registered_name TEXT,
      version INTEGER
    )
    """,
    // The process that delivers: one at a time, so that the order is kept.
    """
    CREATE TABLE IF NOT EXISTS outbox_lease (
      id INTEGER PRIMARY KEY CHECK (id = 1),
      host TEXT NOT NULL,
      boot TEXT NOT NULL,
      pid INTEGER NOT NULL,
      started INTEGER NOT NULL,
      time INTEGER NOT NULL
    )
    """,
    "CREATE TABLE IF NOT EXISTS outbox_server (id INTEGER PRIMARY KEY CHECK (id = 1), url TEXT NOT NULL)",
    trigger("start", "INSERT ON runs", "(kind, run) VALUES ('start', NEW.id)"),
    trigger(
      "update", "UPDATE OF status, end_ms, name ON runs",
      "(kind, run, key, value, time) VALUES ('update', NEW.id, NEW.status, NEW.name, NEW.end_ms)",
      when:
        "NEW.status IS NOT OLD.status OR NEW.end_ms IS NOT OLD.end_ms OR NEW.name IS NOT OLD.name"
    ),
    trigger(
      "metric", "INSERT ON points",
      """
      (kind, run, key, value, step, time)
        SELECT 'metric', run, key, NEW.value, NEW.step, origin_ms + NEW.time FROM series WHERE id = NEW.series
      """),
    trigger(
      "param", "INSERT ON params",
      "(kind, run, key, value) VALUES ('param', NEW.run, NEW.key, NEW.value)"),
    trigger(
      "param_update", "UPDATE ON params",
      "(kind, run, key, value) VALUES ('param', NEW.run, NEW.key, NEW.value)",
      when: "NEW.value IS NOT OLD.value"),
    trigger(
      "tag", "INSERT ON tags", "(kind, run, key, value) VALUES ('tag', NEW.run, NEW.key, NEW.value)"
    ),
    trigger(
      "tag_update", "UPDATE ON tags",
      "(kind, run, key, value) VALUES ('tag', NEW.run, NEW.key, NEW.value)",
      when: "NEW.value IS NOT OLD.value"),
    trigger("untag", "DELETE ON tags", "(kind, run, key) VALUES ('untag', OLD.run, OLD.key)"),
    trigger(
      "artifact", "INSERT ON artifacts",
      "(kind, run, key, value) VALUES ('artifact', NEW.run, NEW.path, NEW.sha256)"),
    trigger(
      "artifact_update", "UPDATE ON artifacts",
      "(kind, run, key, value) VALUES ('artifact', NEW.run, NEW.path, NEW.sha256)",
      when: "NEW.sha256 IS NOT OLD.sha256"),
    trigger(
      "dataset", "INSERT ON inputs", "(kind, run, value) VALUES ('dataset', NEW.run, NEW.dataset)"),
    trigger(
      "model", "UPDATE OF status ON logged_models",
      "(kind, run, key) SELECT 'model', id, NEW.model_id FROM runs WHERE run_id = NEW.source_run_id",
      when: "NEW.status = 'READY' AND OLD.status <> 'READY'"),
    trigger(
      "model_metric", "INSERT ON logged_model_metrics",
      """
      (kind, run, key, value, step, time)
        SELECT 'model_metric', runs.id, model_id, json_object('key', NEW.key, 'value',
            CASE NEW.value WHEN 9e999 THEN 'Infinity' WHEN -9e999 THEN '-Infinity' ELSE NEW.value END,
            'name', NEW.dataset_name, 'digest', NEW.dataset_digest), NEW.step, NEW.time_ms
          FROM runs, logged_models WHERE run_id = NEW.run_id AND logged_models.id = NEW.model
      """),
    trigger(
      "run_model", "INSERT ON run_models",
      "(kind, run, key, value, step) VALUES ('run_model', NEW.run, NEW.model_id, NEW.is_output, NEW.step)"
    ),
  ]

  private static func trigger(
    _ name: String, _ event: String, _ entry: String, when condition: String = "1"
  ) -> String {
    """
    CREATE TRIGGER IF NOT EXISTS outbox_\(name) AFTER \(event) WHEN \(condition)
      BEGIN INSERT INTO outbox \(entry); END
    """
  }
}
