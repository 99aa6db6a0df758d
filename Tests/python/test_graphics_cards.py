"""System metrics of NVIDIA's cards, of which this machine need not have any: a library with its driver's functions."""

import json
import subprocess
import time

import pytest

from session import LIMIT
from tracked import cli, start_runner

# Two cards; the second one does not say how much it draws.
DRIVER = r"""
struct utilization { unsigned gpu, memory; };
struct memory { unsigned long long total, free, used; };
int nvmlInit_v2(void) { return FAILS ? 9 : 0; }
int nvmlDeviceGetCount_v2(unsigned *count) { *count = 2; return 0; }
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **device) { *device = (char *)0 + 1 + index; return 0; }
int nvmlDeviceGetUtilizationRates(void *device, struct utilization *found) {
  found->gpu = device == (char *)0 + 1 ? 40 : 75;
  return 0;
}
int nvmlDeviceGetMemoryInfo(void *device, struct memory *found) {
  *found = (struct memory){16000000000ull, 12000000000ull, 4000000000ull};
  return 0;
}
int nvmlDeviceGetPowerUsage(void *device, unsigned *milliwatts) { *milliwatts = 150000; return device == (char *)0 + 1 ? 0 : 3; }
#if !IS_OLD
int nvmlDeviceGetEnforcedPowerLimit(void *device, unsigned *milliwatts) { *milliwatts = 300000; return 0; }
#endif
"""


@pytest.fixture
def sampled(toolchain_root, tmp_path, monkeypatch):
    """The metrics of a run on a machine with that driver, by their names."""

    def call(**macros):
        (tmp_path / "driver.c").write_text(DRIVER)
        macros = {"FAILS": 0, "IS_OLD": 0} | macros
        subprocess.run(
            [toolchain_root / "bin" / "clang", "-shared", "-fPIC", *(f"-D{name}={value}" for name, value in macros.items()),
             tmp_path / "driver.c", "-o", tmp_path / "libnvidia-ml.so.1"], check=True, timeout=LIMIT, stdin=subprocess.DEVNULL)
        monkeypatch.setenv("LD_LIBRARY_PATH", str(tmp_path))
        monkeypatch.setenv("TRACKING_SYSTEM_METRICS", "0.1")
        store = tmp_path / "tracking.db"
        process = start_runner("log", store, "sampled", output=tmp_path / "out")
        try:
            monkeypatch.delenv("LD_LIBRARY_PATH")
            end = time.monotonic() + LIMIT
            metrics = {}
            while "system/cpu_utilization_percentage" not in metrics:
                assert time.monotonic() < end and process.poll() is None
                time.sleep(0.05)
                if store.exists() and "sampled" in cli("runs", store=store):
                    metrics = json.loads(cli("metrics", "sampled", "--format", "json", store=store))
        finally:
            process.kill()
            process.wait(timeout=LIMIT)
            process.stdin.close()
        return {name.removeprefix("system/"): metric["last"] for name, metric in metrics.items() if "gpu" in name}

    return call


def test_nvidias_cards_are_sampled_by_mlflows_names(sampled):
    assert sampled() == {
        "gpu_0_utilization_percentage": 40, "gpu_0_memory_usage_megabytes": 4000, "gpu_0_memory_usage_percentage": 25,
        "gpu_0_power_usage_watts": 150, "gpu_0_power_usage_percentage": 50,
        "gpu_1_utilization_percentage": 75, "gpu_1_memory_usage_megabytes": 4000, "gpu_1_memory_usage_percentage": 25,
    }


@pytest.mark.parametrize("macros", [{"FAILS": 1}, {"IS_OLD": 1}])
def test_a_driver_that_does_not_work_is_none(sampled, macros):
    assert sampled(**macros) == {}
