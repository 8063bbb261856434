"""Jobs that misbehave, in every mode: with and without walls, with and without cgroups."""

import secrets
import time
from pathlib import Path

from fabriek.compute.engines.testing import Bench, marked

FORK_BOMB = """
import os, time
mine = os.getpid()
made = 0
while True:
    try:
        pid = os.fork()
    except OSError:
        if os.getpid() == mine:
            print('forks', made, flush=True)
            time.sleep(0.5)
        continue
    made += pid != 0
"""


def test_a_plain_job_says_how_it_was_isolated(mode: Bench) -> None:
    attempt = mode.run(["sh", "-c", "echo out; echo err >&2; kill -KILL $$"])
    report = attempt.report
    assert report is not None
    assert (report["outcome"], report["signal"]) == ("exited", 9)
    assert attempt.log == b"out\nerr\n"
    config = mode.node.config
    assert report["isolation"] == {"sandbox": config.sandbox, "limits": config.limits}
    _nothing_left(mode)


def test_cpu_time_and_memory_are_measured(mode: Bench) -> None:
    code = "import time\nx = b'x' * (100 << 20)\nend = time.process_time() + 0.5\n"
    code += "while time.process_time() < end: pass"
    report = mode.python(code).report
    assert report is not None
    assert report["outcome"] == "exited"
    assert 0.4 <= report["usage"]["cpu_s"] <= 2
    assert 90 <= report["usage"]["memory_peak_mib"] <= 200


def test_a_fork_bomb_stays_within_the_process_limit(mode: Bench) -> None:
    most = 0
    # Bombs of other modes may go off beside this one: count its own alone.
    mark = f"# {secrets.token_hex(8)}"
    name, attempt = mode.start(
        ["python3", "-c", FORK_BOMB + mark], process_limit=40, time_limit_s=3, grace_s=1
    )
    while not attempt.reported.is_set():
        most = max(most, len(marked(mark)))
        time.sleep(0.05)
    mode.wait_gone(name)
    assert attempt.report is not None
    # Only the limit on processes or on time may end it: nothing else went wrong.
    assert attempt.report["outcome"] in {"time-limit", "exited"}
    assert most <= 45
    # It did go off: seen from outside, or, where this test hardly got a turn, by its own word.
    assert most > 1 or b"forks" in attempt.log
    _nothing_left(mode)


def test_memory_beyond_the_limit_is_reported_as_such(mode: Bench) -> None:
    code = "import time\nkept = []\nfor _ in range(4000):\n    kept.append(b'x' * (1 << 20))\n"
    report = mode.python(code + "time.sleep(5)", memory_mib=200).report
    assert report is not None
    assert report["outcome"] == "memory-limit"
    assert report["usage"]["memory_peak_mib"] < 1500
    _nothing_left(mode)


def test_memory_counts_over_all_processes_together(mode: Bench) -> None:
    code = "import os,time\nfor _ in range(5):\n    if os.fork() == 0:\n"
    code += "        kept = bytearray(os.urandom(1 << 20) * 80)\n"
    code += "        time.sleep(8)\n        os._exit(0)\n"
    report = mode.python(code + "time.sleep(8)", memory_mib=256).report
    assert report is not None
    assert report["outcome"] == "memory-limit"
    _nothing_left(mode)


def test_memory_that_is_shared_counts_once(mode: Bench) -> None:
    code = "import os,time\nkept = bytearray(os.urandom(1 << 20) * 100)\nfor _ in range(6):\n"
    code += "    if os.fork() == 0:\n        time.sleep(0.6)\n        os._exit(0)\ntime.sleep(0.8)"
    report = mode.python(code, memory_mib=256).report
    assert report is not None
    assert report["outcome"] == "exited", report


def test_filling_the_disk_with_one_file(mode: Bench) -> None:
    report = mode.run(["dd", "if=/dev/zero", "of=big", "bs=1M", "count=3000"]).report
    assert report is not None
    assert report["outcome"] == "disk-limit"
    assert report["usage"]["disk_peak_mib"] < 100
    _nothing_left(mode)


def test_filling_the_disk_with_many_files_and_with_deleted_ones(mode: Bench) -> None:
    endless = "import itertools, os, time\nfor i in itertools.count():\n"
    many = endless + "    open(f'output/{i}', 'wb').write(b'x' * (1 << 18))"
    empty = endless + "    open(f'e{i}', 'wb').close()"
    hidden = "import os, time\nkept = []\nfor i in range(40):\n"
    hidden += "    f = open(f'f{i}', 'wb'); os.unlink(f'f{i}')\n"
    hidden += "    f.write(b'x' * (5 << 20)); f.flush(); kept.append(f)\ntime.sleep(20)"
    for code in (many, hidden, empty):
        report = mode.python(code, time_limit_s=25).report
        assert report is not None
        assert report["outcome"] == "disk-limit", (report, code)
        assert report["output"] is None
    _nothing_left(mode)


def test_folders_nested_beyond_any_path_are_wiped(mode: Bench) -> None:
    code = "import os\nfor i in range(3000):\n    os.mkdir('d' * 20); os.chdir('d' * 20)\n"
    report = mode.python(code + "import time; time.sleep(2)").report
    assert report is not None
    assert report["outcome"] == "disk-limit"
    _nothing_left(mode)


def test_folders_without_any_right_are_wiped(mode: Bench) -> None:
    mode.run(["sh", "-c", "mkdir -p a/b && touch a/b/c && chmod 0 a/b a"])
    _nothing_left(mode)


def test_printing_a_gibibyte_ends_with_the_first_part_kept(mode: Bench) -> None:
    attempt = mode.run(["sh", "-c", "echo first; head -c 1073741824 /dev/zero | tr '\\0' 'y'"])
    assert attempt.report is not None
    assert attempt.report["outcome"] == "log-limit"
    assert attempt.log.startswith(b"first\nyyyy")
    assert attempt.log.rstrip().endswith(b"[fabriek] The job printed more than 1 MiB.")
    assert len(attempt.log) < (1 << 20) + 200
    _nothing_left(mode)


def test_ignoring_sigterm_does_not_help(mode: Bench) -> None:
    code = "import signal,time,os\nsignal.signal(15, signal.SIG_IGN)\nos.fork()\n"
    began = time.monotonic()
    report = mode.python(code + "while True: time.sleep(1)", time_limit_s=1, grace_s=1).report
    assert report is not None
    assert report["outcome"] == "time-limit"
    assert time.monotonic() - began >= 2  # a second to run, a second of grace
    _nothing_left(mode)


def test_grace_lets_a_job_leave_a_checkpoint(mode: Bench) -> None:
    code = "import signal,sys,time\n"
    code += "def end(*_):\n    open('output/checkpoint', 'w').write('x'); sys.exit(0)\n"
    code += "signal.signal(15, end)\ntime.sleep(60)"
    report = mode.python(code, time_limit_s=1).report
    assert report is not None
    assert report["outcome"] == "time-limit"
    assert mode.api.output_paths(report["output"]["version"]) == ["checkpoint"]


def test_a_command_that_is_not_there(mode: Bench) -> None:
    for command in (["no-such-program", "x"], ["./nor-this"], ["/no/such/path"], [""]):
        attempt = mode.run(command)
        assert attempt.report is not None
        assert attempt.report["outcome"] == "command-not-found", command
        assert b"[fabriek] There is no program" in attempt.log
    _nothing_left(mode)


def test_exit_code_127_of_the_job_itself_is_its_own(mode: Bench) -> None:
    report = mode.run(["sh", "-c", "exit 127"]).report
    assert report is not None
    assert (report["outcome"], report["exit_code"]) == ("exited", 127)


def test_output_that_is_no_utf8_arrives_byte_for_byte(mode: Bench) -> None:
    attempt = mode.run(["printf", "\\377\\000\\n\\303"])
    assert attempt.log == b"\xff\x00\n\xc3"


def test_nothing_that_forks_away_survives_the_end(mode: Bench) -> None:
    mark = f"survivor-{time.monotonic_ns()}"
    code = (
        "import os,sys,time\n"
        "if os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        "        os.execve('/bin/sleep', [sys.argv[1], '300'], {})\n"
        "    os._exit(0)\n"
        "os.wait(); print('away', flush=True)\n"
    )
    attempt = mode.run(["python3", "-c", code, mark])
    assert attempt.log == b"away\n"
    assert attempt.report is not None
    assert attempt.report["outcome"] == "exited"
    assert marked(mark) == []
    _nothing_left(mode)


def test_the_end_of_the_command_is_noticed_at_once(mode: Bench) -> None:
    took = []
    for _ in range(3):
        report = mode.run(["true"]).report
        assert report is not None
        took.append(_seconds(report))
    assert min(took) < 0.25, took


def _seconds(report: dict[str, str]) -> float:
    from datetime import datetime

    ended, started = (datetime.fromisoformat(report[key]) for key in ("ended_at", "started_at"))
    return (ended - started).total_seconds()


def _nothing_left(bench: Bench) -> None:
    for name in bench.names:
        assert bench.leftovers(name) == []
    scratch = Path(bench.node.config.scratch)
    assert [path.name for path in scratch.iterdir()] == []
