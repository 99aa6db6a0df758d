"""Artifacts: the proxy, lists, downloads, paths that lead elsewhere."""

PROXY = "/api/2.0/mlflow-artifacts/artifacts"


def artifacts(s):
    here = s.experiment()
    run = s.run(here, run_name="artifacts", start_time=3)
    root = f"{PROXY}/{here}/{run}/artifacts"
    put = lambda label, path, data=b"text", **headers: s.ask(label, "PUT", path, raw=data, headers=headers)
    get = lambda label, path, **headers: s.ask(label, "GET", path, raw=None, headers=headers)
    for label, name in {
        "a file": "a.txt", "another": "folder/b.txt", "deeper": "folder/sub/c.bin", "again": "a.txt", "a space": "a%20b.txt",
        "unicode": "%C3%BC%F0%9F%90%A6.txt", "a plus": "a+b.txt", "a percent": "100%25.txt", "a question mark": "a%3Fb.txt", "quotes": "a%22b'c.txt",
        "a colon": "a:b.txt", "no ending": "plain", "a dot first": ".hidden", "two slashes": "folder//d.txt", "JSON": "x.json", "HTML": "x.html",
    }.items():
        put(f"put {label}", f"{root}/{name}")
    put("put nothing", f"{root}/empty", b"")
    put("put a type", f"{root}/typed.txt", **{"Content-Type": "text/plain"})
    for label, path in {
        "a file": "a.txt", "deeper": "folder/sub/c.bin", "a space": "a%20b.txt", "unicode": "%C3%BC%F0%9F%90%A6.txt", "a plus": "a+b.txt",
        "nothing": "empty", "a missing one": "none.txt", "a folder": "folder", "a folder and a slash": "folder/", "a file and a slash": "a.txt/",
        "below a file": "a.txt/x", "another case": "A.TXT", "two slashes": "folder//b.txt", "JSON": "x.json",
    }.items():
        get(f"get {label}", f"{root}/{path}")
    get("get a range", f"{root}/a.txt", Range="bytes=1-2")
    for label, query in {"a file": {"path": "a.txt"}, "a folder": {"path": "folder"}, "a missing one": {"path": "none"}, "no path": {},
        "an unknown run": {"run_uuid": "0" * 32, "path": "a.txt"}, "run_id": {"run_id": run, "run_uuid": [], "path": "a.txt"}}.items():
        s.ask(f"get-artifact of {label}", "GET", "/get-artifact", query={"run_uuid": run} | query)
    for label, path in {"the run": f"{here}/{run}/artifacts", "the run and a slash": f"{here}/{run}/artifacts/",
        "a folder": f"{here}/{run}/artifacts/folder", "a missing folder": f"{here}/{run}/artifacts/none", "a file": f"{here}/{run}/artifacts/a.txt",
        "an unknown run": f"{here}/{'0' * 32}/artifacts", "a slash": "/", "a path from the root": "/etc"}.items():
        s.ask(f"list {label}", "GET", PROXY, query={"path": path})
    for label, query in {"all": {}, "a folder": {"path": "folder"}, "a folder and a slash": {"path": "folder/"}, "a missing folder": {"path": "none"},
        "a file": {"path": "a.txt"}, "empty": {"path": ""}, "a token": {"page_token": "x"}, "by run_uuid": {"run_id": [], "run_uuid": run},
        "no run": {"run_id": []}, "an unknown run": {"run_id": "0" * 32}, "an empty run": {"run_id": ""}, "a path from the root": {"path": "/etc"},
        "a URI": {"path": "file:///etc"}}.items():
        s.get(f"artifacts/list of {label}", "artifacts/list", **{"run_id": run} | query)
    put("put a hash", f"{root}/a%23b.txt")
    for name in ["a.txt", "a.log", "a.py", "a.yaml", "a.csv", "a.md", "MLmodel", "a.html", "a.svg", "a.png", "a.jpg", "a.gif", "a.pdf", "a.pkl",
        "a.npy", "a.xml", "a.js", "a.zip", "a.parquet", "a.mp4", "a.ipynb", "a.conf"]:
        put(f"put {name}", f"{root}/kinds/{name}")
        get(f"the kind of {name}", f"{root}/kinds/{name}")
    for label, path in {
        "dots": "../x", "dots within": "a/../../x", "escaped dots": "%2e%2e/x", "escaped dots and slash": "%2e%2e%2fx",
        "escaped twice": "%252e%252e/x", "a backslash": "..%5Cx", "a NUL": "a%00b", "an escaped slash first": "%2Fetc/passwd", "a dot": "./a.txt",
        "a dot within": "folder/./b.txt", "a drive": "C:%5Cx", "a scheme": "file:%2F%2F%2Fetc%2Fpasswd", "three dots": ".../x", "a tilde": "~/x",
    }.items():
        put(f"put by {label}", f"{root}/{path}")
        get(f"get by {label}", f"{root}/{path}")
        get(f"list by {label}", f"{PROXY}?path={here}/{run}/artifacts/{path}")
        s.ask(f"delete by {label}", "DELETE", f"{root}/{path}", raw=b"", headers={})
        get(f"artifacts/list by {label}", f"/api/2.0/mlflow/artifacts/list?run_id={run}&path={path}")
        get(f"get-artifact by {label}", f"/get-artifact?run_uuid={run}&path={path}")
    put("put to an unknown run", f"{PROXY}/{here}/{'0' * 32}/artifacts/a.txt")
    put("put beside runs", f"{PROXY}/a.txt")
    put("put into a folder that all share", f"{PROXY}/shared/b.txt")
    get("get what all share", f"{PROXY}/shared/b.txt")
    get("get a range of what all share", f"{PROXY}/shared/b.txt", Range="bytes=0-1")
    get("list what all share", f"{PROXY}?path=shared")
    get("list what is not there", f"{PROXY}?path=none")
    s.ask("delete what all share", "DELETE", f"{PROXY}/shared/b.txt", raw=b"", headers={})
    get("get what was deleted", f"{PROXY}/shared/b.txt")
    put("put without a path", PROXY)
    put("put onto a folder", f"{root}/folder")
    put("put below a file", f"{root}/a.txt/x")
    s.ask("post a file", "POST", f"{root}/a.txt", raw=b"x", headers={})
    for label, path in {"a file": f"{root}/plain", "it again": f"{root}/plain", "a folder": f"{root}/folder",
        "an unknown run": f"{PROXY}/{here}/{'0' * 32}/artifacts/a", "nothing": PROXY, "nothing and a slash": f"{PROXY}/"}.items():
        s.ask(f"delete {label}", "DELETE", path, raw=b"", headers={})
    for call in ["create", "complete", "abort"]:
        s.ask(f"multipart {call}", "POST", f"/api/2.0/mlflow-artifacts/mpu/{call}/{here}/{run}/artifacts/big",
            {"path": "big", "num_parts": 2, "upload_id": "x", "parts": []})
    get("presigned of the proxy", f"/api/2.0/mlflow-artifacts/presigned/{here}/{run}/artifacts/a.txt")
    s.post("presigned upload", "artifacts/presigned-upload-url", run_id=run, path="a.txt")
    s.post("presigned download", "artifacts/presigned-download-url", run_id=run, path="a.txt")


GROUPS = {"artifacts": artifacts}
