"""Looks for known vulnerabilities in the locked dependencies, with pip-audit; extra arguments are passed on to it.

A vulnerability fails. Without a way to the advisories it says so in one line and passes: whether the network is there is no
property of a change.
"""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

LOCK = Path(__file__).parents[1] / "requirements.lock"
LIMIT_SECONDS = 120
NOT_AUDITED = "audit: not audited: no access to the advisory database"

_OFFLINE = re.compile(r"connect|resol|timed out|unreachable|proxy|max retries|name or service", re.IGNORECASE)


def command(arguments: list[str]) -> list[str]:
    """How pip-audit is asked: about what the lock names, installing nothing, giving up soon."""
    audit = [str(Path(sys.executable).parent / "pip-audit"), "--requirement", str(LOCK)]
    quiet = ["--progress-spinner", "off", "--format", "json", "--timeout", "5"]
    return [*audit, "--require-hashes", "--disable-pip", *quiet, *arguments]


def verdict(answer: str, complaints: str) -> tuple[int, str]:
    """The exit code, and what to tell, of what pip-audit printed on its two outputs."""
    try:
        packages: list[dict[str, Any]] = json.loads(answer)["dependencies"]
    except (ValueError, KeyError, TypeError):
        last = (complaints.strip().splitlines() or ["no answer"])[-1]
        return (0, NOT_AUDITED) if _OFFLINE.search(complaints) else (1, f"audit: failed: {last}")
    found = [
        f"audit: {package['name']} {package['version']}: {known['id']}"
        f" (mended in {', '.join(known['fix_versions']) or 'no version yet'})"
        for package in packages
        for known in package.get("vulns", ())
    ]
    if found:
        return 1, "\n".join(found)
    skipped = [package["name"] for package in packages if "skip_reason" in package]
    if len(skipped) == len(packages):
        return 0, NOT_AUDITED
    told = f"audit: {len(packages) - len(skipped)} packages, no known vulnerability"
    return 0, told + (f"; not in the database: {', '.join(skipped)}" if skipped else "")


def main(arguments: list[str]) -> int:
    """Audit and tell; the exit code."""
    try:
        done = subprocess.run(  # noqa: S603 - our own arguments
            command(arguments), capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        code, told = 0, NOT_AUDITED
    else:
        code, told = verdict(done.stdout, done.stderr)
    sys.stdout.write(f"{told}\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
