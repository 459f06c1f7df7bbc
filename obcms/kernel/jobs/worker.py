"""RQ's worker, with a sign of life and with children that never outlive it."""

from typing import Any

from rq import Queue, Worker
from rq.job import Job

from obcms.kernel.extensions import db
from obcms.kernel.jobs.heartbeat import PROMPT_WORKER, WORKER, beat, retire
from obcms.kernel.jobs.tether import end_with_parent

# RQ waits fifteen seconds less than this for a job before it gives a sign of life.
TTL_SECONDS = 45


class JobWorker(Worker):
    """Runs one job at a time, each in a forked child."""

    max_connection_wait_time = 5.0
    stopping = False
    role = WORKER

    def handle_warm_shutdown_request(self) -> None:
        self.stopping = True

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        super().heartbeat(timeout, pipeline)
        beat(pipeline if pipeline is not None else self.connection, self.role, self.name)

    def register_death(self) -> None:
        super().register_death()
        retire(self.connection, self.role, self.name)

    def subscribe(self) -> None:
        """Takes no commands through Redis; nothing here sends any."""

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """In the child. A worker killed outright takes its job along, half done and rolled back."""
        end_with_parent()
        db.engine.dispose(close=False)  # connections of the parent are not to be shared
        super().main_work_horse(job, queue)


class PromptWorker(JobWorker):
    """Only what somebody waits for, so that no scheduled job is in its way."""

    role = PROMPT_WORKER
