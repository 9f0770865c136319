-- Sync runs and the queue of jobs.
CREATE TABLE sync_run (
    id TEXT PRIMARY KEY NOT NULL,
    configuration_id TEXT NOT NULL REFERENCES configuration (id),
    version_id TEXT NOT NULL REFERENCES configuration_version (id),
    trigger_kind TEXT NOT NULL,
    requested_by TEXT,
    -- queued, running, done, failed or cancelled.
    state TEXT NOT NULL,
    phase TEXT NOT NULL,
    -- Issues done and, once Jira told it, their total.
    done_count BIGINT NOT NULL,
    total_count BIGINT,
    -- domain::sync_plan::SyncCounts as JSON.
    counts TEXT NOT NULL,
    -- Where a restarted run goes on (JSON); written in the transaction of the rows it covers.
    checkpoint TEXT NOT NULL,
    cancel_requested BOOLEAN NOT NULL,
    request_count BIGINT NOT NULL,
    -- Milliseconds that Jira made us wait.
    throttled_ms BIGINT NOT NULL DEFAULT 0,
    -- Phases with when each began, and the latest progress (JSON).
    phases TEXT NOT NULL DEFAULT '{}',
    -- What holds a run up that goes on later, and when it does.
    note TEXT,
    retry_at BIGINT,
    -- Why it failed and what to do.
    error TEXT,
    queued_at BIGINT NOT NULL,
    started_at BIGINT,
    finished_at BIGINT
);
CREATE INDEX sync_run_configuration ON sync_run (configuration_id, queued_at);
-- At most one run of a configuration is on its way: a second Proceed or click finds the first.
CREATE UNIQUE INDEX sync_run_one ON sync_run (configuration_id) WHERE state IN ('queued', 'running');

CREATE TABLE job (
    id TEXT PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    dedup_key TEXT,
    -- Jobs of one lane (a connection) run one after another.
    lane TEXT NOT NULL,
    priority BIGINT NOT NULL,
    run_at BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    -- ready, leased or dead; a finished job is deleted.
    state TEXT NOT NULL,
    lease_token TEXT,
    lease_until BIGINT,
    last_error TEXT,
    created_at BIGINT NOT NULL
);
CREATE INDEX job_ready ON job (state, run_at);
CREATE UNIQUE INDEX job_dedup ON job (dedup_key) WHERE dedup_key IS NOT NULL AND state = 'ready';
-- One leased job in a lane, whatever two workers try at the same moment.
CREATE UNIQUE INDEX job_lane ON job (lane) WHERE state = 'leased';
