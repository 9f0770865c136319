-- What counts of releases and sprints read of an issue, without its texts.
CREATE INDEX issue_count ON issue (configuration_id, jira_id, gone_at, secured, kind, status, severity);

-- The summary in small letters, for the search and its order: the program writes it, because SQLite knows
-- the letters of English only. What is not plain English is written anew by the next sync.
ALTER TABLE issue ADD COLUMN summary_key TEXT NOT NULL DEFAULT '';
UPDATE issue SET summary_key = LOWER(summary),
    mapped_hash = CASE WHEN LENGTH(summary) = LENGTH(CAST(summary AS BLOB)) THEN mapped_hash ELSE '' END;

-- How often a run began anew with other settings: what it has seen before does not count then.
ALTER TABLE sync_run ADD COLUMN pass BIGINT NOT NULL DEFAULT 0;
