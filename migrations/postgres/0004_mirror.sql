-- The mirror of Jira, by configuration and Jira's ids (keys change).
CREATE TABLE issue (
    configuration_id TEXT NOT NULL REFERENCES configuration (id),
    jira_id TEXT NOT NULL,
    key TEXT NOT NULL,
    -- requirement or bug.
    kind TEXT NOT NULL,
    type_id TEXT NOT NULL,
    type_name TEXT NOT NULL,
    summary TEXT NOT NULL,
    status_name TEXT NOT NULL,
    -- Code of the mapped status, priority and severity and the rule that gave each (chosen, default, empty).
    status TEXT NOT NULL,
    status_rule TEXT NOT NULL,
    priority TEXT NOT NULL,
    priority_rule TEXT NOT NULL,
    severity TEXT,
    severity_rule TEXT,
    assignee TEXT,
    secured BOOLEAN NOT NULL,
    release_date TEXT,
    release_date_source TEXT,
    jira_created_at BIGINT NOT NULL,
    jira_updated_at BIGINT NOT NULL,
    -- Hash of Jira's raw answer and hash of everything mapped from it.
    raw_hash TEXT NOT NULL,
    mapped_hash TEXT NOT NULL,
    -- Whole mirrored row (domain::mirror_issue::MirrorIssue) as JSON, for the page of one issue.
    body TEXT NOT NULL,
    -- Jira's raw answer, gzip.
    raw BYTEA NOT NULL,
    -- Last complete listing it was seen in, and since when it is gone (empty while it is there).
    seen_run_id TEXT NOT NULL,
    gone_at BIGINT,
    -- deleted, not_visible, moved or retyped.
    gone_reason TEXT,
    PRIMARY KEY (configuration_id, jira_id)
);
CREATE INDEX issue_kind ON issue (configuration_id, kind, gone_at);
CREATE INDEX issue_key ON issue (configuration_id, key);

CREATE TABLE issue_release (
    configuration_id TEXT NOT NULL,
    jira_id TEXT NOT NULL,
    release_id TEXT NOT NULL,
    PRIMARY KEY (configuration_id, jira_id, release_id),
    FOREIGN KEY (configuration_id, jira_id) REFERENCES issue (configuration_id, jira_id)
);
CREATE INDEX issue_release_release ON issue_release (configuration_id, release_id);

CREATE TABLE issue_sprint (
    configuration_id TEXT NOT NULL,
    jira_id TEXT NOT NULL,
    sprint_id BIGINT NOT NULL,
    PRIMARY KEY (configuration_id, jira_id, sprint_id),
    FOREIGN KEY (configuration_id, jira_id) REFERENCES issue (configuration_id, jira_id)
);
CREATE INDEX issue_sprint_sprint ON issue_sprint (configuration_id, sprint_id);

CREATE TABLE release (
    configuration_id TEXT NOT NULL REFERENCES configuration (id),
    jira_id TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    start_date TEXT,
    release_date TEXT,
    released BOOLEAN NOT NULL,
    archived BOOLEAN NOT NULL,
    -- Place in Jira's own order.
    position BIGINT NOT NULL,
    -- Whether the settings show it; the others are kept for release dates only.
    selected BOOLEAN NOT NULL DEFAULT TRUE,
    -- Of everything above, to find changes.
    hash TEXT NOT NULL DEFAULT '',
    gone_at BIGINT,
    PRIMARY KEY (configuration_id, jira_id)
);

CREATE TABLE sprint (
    configuration_id TEXT NOT NULL REFERENCES configuration (id),
    jira_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    start_at BIGINT,
    end_at BIGINT,
    completed_at BIGINT,
    goal TEXT NOT NULL,
    board_id BIGINT,
    -- Whether the settings show it; the others are kept for release dates only.
    selected BOOLEAN NOT NULL DEFAULT TRUE,
    -- Of everything above, to find changes.
    hash TEXT NOT NULL DEFAULT '',
    gone_at BIGINT,
    PRIMARY KEY (configuration_id, jira_id)
);

-- Issues that could not be read, with the reason; they do not stop the others.
CREATE TABLE quarantine (
    configuration_id TEXT NOT NULL REFERENCES configuration (id),
    jira_id TEXT NOT NULL,
    key TEXT NOT NULL,
    reason TEXT NOT NULL,
    raw_hash TEXT NOT NULL,
    seen_run_id TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (configuration_id, jira_id)
);
