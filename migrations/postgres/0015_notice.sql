-- What people who can act are told on every page. Made anew from connections, configurations and mirrors again and
-- again; a row lasts as long as its cause.
CREATE TABLE notice (
    -- connection_error, token_end, integration_error or unmapped.
    kind TEXT NOT NULL,
    -- The connection, or the configuration.
    subject_id TEXT NOT NULL,
    -- Absent for what concerns the account.
    project_id TEXT REFERENCES project (id) ON DELETE CASCADE,
    -- What of the cause is news when it changes: the days left of a token.
    stage TEXT NOT NULL,
    title TEXT NOT NULL,
    detail TEXT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (kind, subject_id)
);

-- Where notices are sent to, if anywhere: at most one row. The address is sealed too, for those of chat systems are
-- secrets by themselves.
CREATE TABLE notice_hook (
    id TEXT PRIMARY KEY NOT NULL,
    host TEXT NOT NULL,
    sealed BYTEA NOT NULL,
    set_at BIGINT NOT NULL,
    set_by TEXT NOT NULL,
    -- How the last message fared: when, and words; empty words for arrived.
    sent_at BIGINT,
    trouble TEXT NOT NULL DEFAULT ''
);

-- Messages on their way. A message is written in the transaction of its cause and removed when it has arrived or
-- was given up.
CREATE TABLE notice_message (
    id TEXT PRIMARY KEY NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    tries BIGINT NOT NULL DEFAULT 0,
    next_at BIGINT NOT NULL
);
CREATE INDEX notice_message_next ON notice_message (next_at);

-- Calls to Jira in an hour, those that Jira put off, and the time waited for that.
ALTER TABLE connection_hour ADD COLUMN calls BIGINT NOT NULL DEFAULT 0;
ALTER TABLE connection_hour ADD COLUMN throttled BIGINT NOT NULL DEFAULT 0;
ALTER TABLE connection_hour ADD COLUMN waited_ms BIGINT NOT NULL DEFAULT 0;

-- Work items with values that no row of a mapping names, for counting them often.
CREATE INDEX issue_unmapped ON issue (configuration_id)
WHERE gone_at IS NULL AND (status_rule = 'default' OR priority_rule = 'default' OR severity_rule = 'default');
