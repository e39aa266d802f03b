"""Load by wrk, on a core of its own: as fast as a number of connections can, or at a rate with random pauses."""

import json
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

CONNECTIONS = 64
LOAD_CORE = "1"
_SCRIPT = """
local bodies, at, pause = {}, 0, tonumber(ARG_PAUSE)
function init(args)
  local skip, take = tonumber(args[2]), tonumber(args[3])
  if args[1] == "-" then return end
  local number = 0
  for line in io.lines(args[1]) do
    number = number + 1
    if number > skip then bodies[#bodies + 1] = line end
    if #bodies >= take then break end
  end
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
end
function request()
  if #bodies == 0 then return wrk.format() end
  at = at + 1
  return wrk.format(nil, nil, nil, bodies[at] or bodies[#bodies])
end
function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format('\\n{"requests":%d,"seconds":%f,"p50":%f,"p99":%f,"p999":%f,"errors":%d}\\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    latency:percentile(99.9) / 1e3, errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
"""
_PAUSING = """
function delay() return -PAUSE * math.log(1 - math.random()) end
"""


@dataclass(frozen=True)
class Load:
    """What one run found. Milliseconds."""

    rate: float
    p50: float
    p99: float
    p999: float
    errors: int
    requests: int


def run_wrk(
    url: str, *, seconds: float, crowd: Path | None = None, skip: int = 0, take: int = 0, per_second: float = 0.0
) -> Load:
    """Ask for so many seconds; with `crowd`, each request a body of it. Without `per_second`, as fast as goes."""
    wrk = shutil.which("wrk")
    if wrk is None:
        raise RuntimeError("wrk is not installed: the benchmark needs the Debian package wrk")
    connections = CONNECTIONS * 2 if per_second else CONNECTIONS
    pause_ms = 1000 * connections / per_second if per_second else 0.0
    script = _SCRIPT.replace("ARG_PAUSE", f'"{pause_ms}"') + (
        _PAUSING.replace("PAUSE", f"{pause_ms:.3f}") if per_second else ""
    )
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write(script)
        file.flush()
        words = [wrk, "-t1", f"-c{connections}", f"-d{seconds:.0f}s", "--timeout", "10s", "-s", file.name, url]
        words = ["taskset", "-c", LOAD_CORE, *words, "--", str(crowd or "-"), str(skip), str(take)]
        done = subprocess.run(words, check=True, capture_output=True, text=True)  # noqa: S603  # our own words
    found = json.loads(done.stdout.strip().splitlines()[-1])
    # Only right answers count: on a busy machine a server of ours may have told some to come back.
    rate = (found["requests"] - found["errors"]) / found["seconds"]
    return Load(rate, found["p50"], found["p99"], found["p999"], found["errors"], found["requests"])
