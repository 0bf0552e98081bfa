"""What native libraries log is dropped; what other threads write meanwhile arrives."""

import subprocess
import sys

from tests.conftest import PATIENCE, ROOT


def standard_error(code: str) -> list[str]:
    """The lines that a program writes to standard error; native code writes to descriptor 2 as `log` does."""
    script = (
        "import logging, os, sys, threading\n"
        "from poetcore.system.tensorflow import muted\n"
        "def log(line): os.write(2, line.encode() + b'\\n')\n" + code
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=True
    )
    return done.stderr.splitlines()


def test_native_logs_are_dropped():
    code = """
with muted():
    log('WARNING: All log messages before absl::InitializeLog() is called are written to STDERR')
    log('W0000 00:00:1764133127.123456   12345 cuda_executor.cc:1228] INTERNAL: no graphics card')
    log('2026-11-26 05:29:47.129000: I tensorflow/core/util/port.cc:153] oneDNN custom operations are on.')
    log('INFO: Created TensorFlow Lite XNNPACK delegate for CPU.')
    log('[2026-11-26 06:20:55,317 I 3563 3563] logging.cc:303: Set ray log level from the environment')
    log('fully_quantize: 0, inference_type: 6, input_inference_type: FLOAT32, output_inference_type: FLOAT32')
"""
    assert standard_error(code) == []


def test_a_line_of_another_thread_arrives():
    code = """
with muted():
    other = threading.Thread(target=lambda: print('another thread', file=sys.stderr))
    other.start()
    other.join()
    log('INFO: Created TensorFlow Lite XNNPACK delegate for CPU.')
"""
    assert standard_error(code) == ["another thread"]


def test_a_logged_line_of_a_server_arrives():
    code = """
logging.basicConfig(format='%(asctime)s %(levelname)s: %(message)s')
with muted():
    logging.error('a page failed')
    log('INFO:     127.0.0.1:50000 - "GET / HTTP/1.1" 200 OK')
"""
    lines = standard_error(code)
    assert lines[0].endswith("ERROR: a page failed") and lines[1].startswith("INFO:     127.0.0.1")


def test_standard_error_is_as_before_afterwards():
    code = """
with muted():
    pass
log('W0000 00:00:1764133127.123456   12345 a.cc:1] afterwards')
"""
    assert len(standard_error(code)) == 1


def test_lines_arrive_when_the_work_fails():
    code = """
try:
    with muted():
        log('why it failed')
        raise ValueError
except ValueError:
    pass
"""
    assert standard_error(code) == ["why it failed"]
