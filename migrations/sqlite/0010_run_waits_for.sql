-- Whose wish the wait of a run is: jira, which nobody shortens, or empty for ours. Before, the note told it.
ALTER TABLE sync_run ADD COLUMN waits_for TEXT NOT NULL DEFAULT '';
UPDATE sync_run SET waits_for = 'jira' WHERE retry_at IS NOT NULL AND note LIKE 'Jira asks to slow down%';
