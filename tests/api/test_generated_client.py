"""A client that no one here wrote works from the document alone (SPEC 12)."""

import json
import subprocess
import sys
from pathlib import Path

from tests.conftest import PASSWORD

MAIN_JOB = Path(__file__).with_name("main_job.py")


def test_a_generated_client_does_the_main_job(app, people, live, tmp_path) -> None:
    document = tmp_path / "openapi.json"
    document.write_text(app.test_client().get("/api/docs/openapi.json").text)
    generate = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"]
    generate += ["--path", str(document), "--output-path", str(tmp_path / "client")]
    made = subprocess.run(generate, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    assert "Unable to parse" not in made.stdout
    job = [sys.executable, str(MAIN_JOB), str(tmp_path), live, "moa_staff", PASSWORD]
    done = subprocess.run(job, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert json.loads(done.stdout) == {
        "created": 13,
        "total": "1000000.00",
        "parts": 3,
        "batch": True,
        "allocated": "1000000.00",
        "again": 409,
        "stale": 412,
        "status": "in_progress",
        "amount": "1250.00",
        "synced": "ongoing",
        "stage": "technical_review",
        "seen": "technical_review",
        "count": 1,
    }
