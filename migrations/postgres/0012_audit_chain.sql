-- The audit log as a chain: entries are numbered without gaps, each is authenticated with a key that the
-- database holds only sealed, and names the one before it. Entries from before this have no number; the server
-- chains them at its next start.
ALTER TABLE audit_entry ADD COLUMN seq BIGINT;
ALTER TABLE audit_entry ADD COLUMN connection_id TEXT NOT NULL DEFAULT '';
ALTER TABLE audit_entry ADD COLUMN key_id TEXT NOT NULL DEFAULT '';
ALTER TABLE audit_entry ADD COLUMN previous TEXT NOT NULL DEFAULT '';
ALTER TABLE audit_entry ADD COLUMN mac TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX audit_entry_seq ON audit_entry (seq);
CREATE INDEX audit_entry_person ON audit_entry (person_id, seq);
CREATE INDEX audit_entry_connection ON audit_entry (connection_id, seq);
CREATE INDEX audit_entry_action ON audit_entry (action, seq);

-- Entries of old connections belong to them.
UPDATE audit_entry SET connection_id = object_id WHERE object = 'connection';

-- Keys of the chain, sealed with the server's secret key. More than one where several servers began at once, or
-- where the secret key was lost.
CREATE TABLE audit_key (
    id TEXT PRIMARY KEY NOT NULL,
    sealed BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'entries of the audit log are never changed or removed';
END;
$$;
CREATE TRIGGER audit_entry_stays BEFORE UPDATE ON audit_entry
    FOR EACH ROW WHEN (OLD.seq IS NOT NULL) EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER audit_entry_remains BEFORE DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER audit_entry_kept BEFORE TRUNCATE ON audit_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();
