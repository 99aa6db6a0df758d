"""The wall clock jumps by years while the kernel works: nothing waits for it."""

import subprocess

import pytest

# Shifts the wall clock of every process it is loaded into by the seconds in a file.
SHIFT = r"""
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long shift(void) {
  const char *path = getenv("CLOCK_SHIFT_FILE");
  int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  char text[32] = {0};
  if (file < 0) return 0;
  ssize_t count = read(file, text, sizeof text - 1);
  close(file);
  return count > 0 ? strtol(text, 0, 10) : 0;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  static int (*next)(clockid_t, struct timespec *);
  if (!next) next = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
  int status = next(clock, time);
  if (status == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) time->tv_sec += shift();
  return status;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
  struct timespec now;
  int status = clock_gettime(CLOCK_REALTIME, &now);
  time->tv_sec = now.tv_sec;
  time->tv_usec = now.tv_nsec / 1000;
  return status;
}

time_t time(time_t *seconds) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (seconds) *seconds = now.tv_sec;
  return now.tv_sec;
}
"""
YEAR = 31_557_600


@pytest.fixture
def clock(tmp_path, toolchain_root):
    """The environment of a kernel with a clock that can be shifted, and what shifts it."""
    source, library, file = tmp_path / "shift.c", tmp_path / "shift.so", tmp_path / "shift"
    source.write_text(SHIFT)
    subprocess.run(
        [toolchain_root / "bin" / "clang", "-shared", "-fPIC", "-O1", source, "-o", library],
        check=True, timeout=90, stdin=subprocess.DEVNULL,
    )
    file.write_text("0")

    def set_shift(seconds):
        new = tmp_path / "shift.new"
        new.write_text(str(seconds))
        new.rename(file)

    return {"LD_PRELOAD": str(library), "CLOCK_SHIFT_FILE": str(file)}, set_shift


def test_a_clock_that_jumps_harms_nothing(start_kernel, clock):
    environment, shift = clock
    kernel = start_kernel(**environment)
    kernel.ok("import Foundation\nlet before = Date()\nvar kept = 0")
    for number, years in enumerate((10, -20, 0)):
        shift(years * YEAR)
        passed = kernel.ok("Date().timeIntervalSince(before) / 31_557_600").value
        assert round(float(passed)) == years
        # Sleeping, timing, compiling, completing, inspecting, remembering.
        kernel.ok("try await Task.sleep(for: .milliseconds(20))\nkept += 1")
        assert "per loop" in kernel.ok("%timeit -n 10 -r 2 kept + 1").stream()
        assert kernel.ask("complete_request", code="kep", cursor_pos=3)["matches"] == ["kept"]
        assert kernel.ask("inspect_request", code="kept", cursor_pos=4, detail_level=0)["found"]
        reply = kernel.ask("history_request", hist_access_type="tail", n=1, output=False, raw=True)
        assert reply["history"][0][2].startswith("%timeit")
        assert kernel.ask_control("usage_request")["kernel_memory"] > 0
    assert kernel.ok("kept").value == "3"


@pytest.mark.parametrize("years", [10, -20])
def test_a_clock_that_jumps_while_a_cell_runs_or_compiles(start_kernel, clock, years):
    environment, shift = clock
    kernel = start_kernel(**environment)
    kernel.ok("import Foundation\nvar kept = 41")

    def jump_and_interrupt(code, when):
        jumped = False

        def jump(message):
            nonlocal jumped
            if message["msg_type"] == when and not jumped:
                jumped = True
                shift(years * YEAR)
                kernel.manager.interrupt_kernel()

        result = kernel.run(code, on_message=jump)
        assert jumped and result.status == "error"
        assert result.error["ename"] == "KeyboardInterrupt"
        shift(0)

    jump_and_interrupt('print("on")\nwhile true { kept += 1; kept -= 1 }', "stream")
    jump_and_interrupt('print("on")\ntry await Task.sleep(for: .seconds(3600))', "stream")
    jump_and_interrupt('print("on")\nThread.sleep(forTimeInterval: 3600)', "stream")
    # A task that sleeps wakes in its time, whatever the clock says.
    cell = kernel.send('print("on")\ntry await Task.sleep(for: .milliseconds(300))\nkept += 1')
    kernel.await_output("on")
    shift(years * YEAR)
    assert kernel.collect(cell).status == "ok"
    assert kernel.ok("kept").value == "42"
