"""Files that a server keeps for all: at paths of its artifact proxy that belong to no run."""

import io

import mlflow
import requests
from PIL import Image

from servers import bearer, serve, team, track  # noqa: F401
from session import LIMIT

PROXY = "api/2.0/mlflow-artifacts/artifacts"


def test_files_that_belong_to_no_run(serve, track, tmp_path, monkeypatch):
    uri, _, _ = serve()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", uri)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    url = f"{uri}/{PROXY}"
    for path, data in (("data/a.csv", b"x,y\n1,2\n"), ("data/deep/b.bin", bytes(range(256))), ("data/a.csv", b"x,y\n3,4\n"), ("top.txt", b"")):
        assert requests.put(f"{url}/{path}", data=data, timeout=LIMIT).status_code == 200
    # MLflow's client finds them by their address.
    file = mlflow.artifacts.download_artifacts("mlflow-artifacts:/data/a.csv", dst_path=str(tmp_path))
    assert open(file, "rb").read() == b"x,y\n3,4\n"
    folder = mlflow.artifacts.download_artifacts("mlflow-artifacts:/data", dst_path=str(tmp_path))
    assert open(f"{folder}/deep/b.bin", "rb").read() == bytes(range(256))
    assert [(f.path, f.is_dir) for f in mlflow.artifacts.list_artifacts("mlflow-artifacts:/data")] == [("data/a.csv", False), ("data/deep", True)]
    part = requests.get(f"{url}/data/deep/b.bin", headers={"Range": "bytes=3-5"}, timeout=LIMIT)
    assert (part.status_code, part.content) == (206, bytes([3, 4, 5])) and part.headers["Content-Disposition"] == "attachment; filename=b.bin"
    # Only what was replaced is garbage.
    assert "and 1 file (8 B)" in track("gc") and "is sound" in track("doctor")
    assert requests.get(f"{url}/data/a.csv", timeout=LIMIT).content == b"x,y\n3,4\n"
    # What begins with a number is an experiment's, and that has no such run.
    assert requests.put(f"{url}/0/a.csv", data=b"x", timeout=LIMIT).status_code == 404
    assert requests.put(f"{url}/0/{'f' * 32}/artifacts/a.csv", data=b"x", timeout=LIMIT).status_code == 404
    assert requests.delete(f"{url}/data", timeout=LIMIT).status_code == 200
    assert requests.get(f"{url}/data/a.csv", timeout=LIMIT).status_code == 404
    assert requests.get(url, timeout=LIMIT).json() == {"files": [{"path": "top.txt", "is_dir": False, "file_size": 0}]}


def test_shared_files_need_a_role_for_everything(team, track):
    uri, admin, colleague = team
    track("accounts", "grant", "colleague", "edit", "-e", "Default")
    url = f"{uri}/{PROXY}/shared/a.txt"
    assert requests.put(url, data=b"secret", headers=bearer(admin), timeout=LIMIT).status_code == 200
    for method in ("PUT", "GET", "DELETE"):
        answer = requests.request(method, url, data=b"x" if method == "PUT" else None, headers=bearer(colleague), timeout=LIMIT)
        assert answer.status_code == 403 and "all experiments" in answer.json()["message"]
    assert requests.get(f"{uri}/{PROXY}?path=shared", headers=bearer(colleague), timeout=LIMIT).json() == {}
    begun = requests.post(f"{uri}/api/2.0/mlflow-artifacts/mpu/create/shared", json={"path": "b.txt", "num_parts": 1}, headers=bearer(colleague), timeout=LIMIT)
    assert begun.status_code == 403
    assert requests.get(url, headers=bearer(admin), timeout=LIMIT).content == b"secret"


def test_a_name_without_quotes_only_where_a_header_allows_it(serve):
    uri, _, _ = serve()
    run = requests.post(f"{uri}/api/2.0/mlflow/runs/create", json={"experiment_id": "0"}, timeout=LIMIT).json()["run"]["info"]["run_id"]
    picture = io.BytesIO()
    Image.new("RGB", (2, 2)).save(picture, "PNG")
    for name, written in (("a+b%25c.png", "attachment; filename=a+b%c.png"), ("a%20b.png", "attachment; filename=\"a b.png\"; filename*=UTF-8''a%20b.png")):
        url = f"{uri}/{PROXY}/0/{run}/artifacts/{name}"
        assert requests.put(url, data=picture.getvalue(), timeout=LIMIT).status_code == 200
        assert requests.get(url, timeout=LIMIT).headers["Content-Disposition"] == written


def test_runs_of_one_millisecond_come_by_their_ids(serve):
    uri, _, _ = serve()
    api = f"{uri}/api/2.0/mlflow/runs"
    made = [requests.post(f"{api}/create", json={"experiment_id": "0", "start_time": 5}, timeout=LIMIT).json()["run"]["info"]["run_id"] for _ in range(7)]
    found, token = [], None
    while True:
        page = requests.post(f"{api}/search", json={"experiment_ids": ["0"], "max_results": 3, "page_token": token}, timeout=LIMIT).json()
        found += [run["info"]["run_id"] for run in page["runs"]]
        token = page.get("next_page_token")
        if not token:
            break
    assert found == sorted(made)
