-- Configurations: one Jira project linked to a project of ours through the wizard.
CREATE TABLE configuration (
    id TEXT PRIMARY KEY NOT NULL,
    project_id TEXT NOT NULL REFERENCES project (id),
    connection_id TEXT NOT NULL REFERENCES connection (id),
    -- inactive, active, error or archived.
    status TEXT NOT NULL,
    status_reason TEXT NOT NULL DEFAULT '',
    status_since BIGINT NOT NULL,
    -- The draft: settings as JSON (domain::wizard::Settings), furthest step saved, and a revision that
    -- grows with every save so that two editors see each other.
    draft TEXT NOT NULL,
    draft_step BIGINT NOT NULL,
    draft_revision BIGINT NOT NULL,
    draft_saved_at BIGINT NOT NULL,
    draft_saved_by TEXT NOT NULL,
    -- The version that was proceeded last; empty until the first Proceed.
    proceeded_version_id TEXT,
    -- The version in force: that of the last run that ended well; empty until the first one did.
    running_version_id TEXT,
    -- Of the version in force, before the first one of the draft; denormalised for lists, empty until
    -- step 1 is saved.
    jira_project_id TEXT,
    jira_project_key TEXT,
    jira_project_name TEXT,
    last_synced_at BIGINT,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL
);
CREATE INDEX configuration_project ON configuration (project_id);
CREATE INDEX configuration_connection ON configuration (connection_id);

CREATE TABLE configuration_version (
    id TEXT PRIMARY KEY NOT NULL,
    configuration_id TEXT NOT NULL REFERENCES configuration (id),
    number BIGINT NOT NULL,
    settings TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    UNIQUE (configuration_id, number)
);

-- What Jira had when the wizard last looked: lists for the steps (JSON), by configuration and kind.
CREATE TABLE wizard_cache (
    configuration_id TEXT NOT NULL REFERENCES configuration (id),
    kind TEXT NOT NULL,
    jira_project_id TEXT NOT NULL,
    body TEXT NOT NULL,
    fetched_at BIGINT NOT NULL,
    PRIMARY KEY (configuration_id, kind, jira_project_id)
);
