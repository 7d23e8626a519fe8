from tortoise import migrations
from tortoise.migrations import operations as ops

JOBS = (
    "ALTER TABLE kernel_job ADD CONSTRAINT kernel_job_pause CHECK (num_nulls(paused_at, paused_reason) IN (0, 2))",
    "ALTER TABLE kernel_job ADD CONSTRAINT kernel_job_figures CHECK (every_s > 0 AND late_s >= 0 AND busy_s >= 0 AND ticks >= 0 AND items >= 0 AND failures >= 0 AND consecutive_failures >= 0)",
    # These few rows are written all the time: room on the page keeps their updates off the indexes.
    "ALTER TABLE kernel_job SET (fillfactor = 50)",
    "ALTER TABLE kernel_worker SET (fillfactor = 50)",
)

RUNS = (
    "ALTER TABLE kernel_job_run ADD CONSTRAINT kernel_job_run_job FOREIGN KEY (job_id) REFERENCES kernel_job (id)",
    "ALTER TABLE kernel_job_run ADD CONSTRAINT kernel_job_run_worker FOREIGN KEY (worker_id) REFERENCES kernel_worker (id) ON DELETE SET NULL",
    """
    ALTER TABLE kernel_job_run ADD CONSTRAINT kernel_job_run_state CHECK (
        CASE state
            WHEN 'asked' THEN asked_at IS NOT NULL AND num_nulls(started_at, ended_at, failure) = 3
            WHEN 'running' THEN started_at IS NOT NULL AND num_nulls(ended_at, failure) = 2
            WHEN 'done' THEN num_nulls(started_at, ended_at) = 0 AND failure IS NULL
            WHEN 'failed' THEN num_nulls(started_at, ended_at, failure) = 0
            WHEN 'lost' THEN num_nulls(started_at, ended_at) = 0 AND failure IS NULL
            ELSE false
        END
    )
    """,
    "ALTER TABLE kernel_job_run ADD CONSTRAINT kernel_job_run_figures CHECK (ticks >= 1 AND count >= 0 AND busy_s >= 0 AND late_s >= 0)",
    "CREATE UNIQUE INDEX kernel_job_run_asked ON kernel_job_run (job_id) WHERE state = 'asked'",
    "CREATE INDEX kernel_job_run_running ON kernel_job_run (worker_id) WHERE state = 'running'",
    "CREATE INDEX kernel_job_run_of_job ON kernel_job_run (job_id, id DESC)",
    "CREATE INDEX kernel_job_run_ended ON kernel_job_run (ended_at)",
)

ALARMS = (
    "CREATE UNIQUE INDEX kernel_alarm_standing ON kernel_alarm (kind, subject) WHERE recovered_at IS NULL",
    "ALTER TABLE kernel_alarm ADD CONSTRAINT kernel_alarm_kind CHECK (kind IN ('no_worker', 'worker_missed', 'job_late', 'job_failing', 'events_parked'))",
)

OUTBOX = (
    "ALTER TABLE kernel_outbox ADD CONSTRAINT kernel_outbox_dismissed CHECK (num_nulls(dismissed_at, dismissed_reason) IN (0, 2) AND (dismissed_at IS NULL OR parked_at IS NOT NULL))",
    "CREATE INDEX kernel_outbox_parked ON kernel_outbox (id DESC) WHERE parked_at IS NOT NULL AND dismissed_at IS NULL",
    "CREATE INDEX kernel_outbox_dismissed_at ON kernel_outbox (dismissed_at) WHERE dismissed_at IS NOT NULL",
)


class Migration(migrations.Migration):
    """What the models cannot say of jobs and alarms, and the way to what was parked."""

    dependencies = [("kernel", "0005_operations")]

    operations = [ops.RunSQL(each, "") for each in (*JOBS, *RUNS, *ALARMS, *OUTBOX)]
