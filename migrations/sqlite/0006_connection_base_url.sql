-- The address that Jira calls its own: with the cloud id it tells whether a changed address still leads to
-- the same Jira. Empty until the connection is saved again.
ALTER TABLE connection ADD COLUMN base_url TEXT;
