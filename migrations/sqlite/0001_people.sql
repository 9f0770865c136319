-- People, their sessions and projects. Times are UTC milliseconds, ids UUIDs as text.
CREATE TABLE setting (
    key TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL
);

CREATE TABLE person (
    id TEXT PRIMARY KEY NOT NULL,
    -- As typed; email_key is its lower-case form and must be unique.
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    account_role TEXT NOT NULL,
    state TEXT NOT NULL,
    password_hash TEXT,
    theme TEXT NOT NULL DEFAULT 'system',
    time_zone TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE session (
    token_hash TEXT PRIMARY KEY NOT NULL,
    id TEXT NOT NULL UNIQUE,
    person_id TEXT NOT NULL REFERENCES person (id),
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    address TEXT NOT NULL,
    agent TEXT NOT NULL
);
CREATE INDEX session_person ON session (person_id);

-- One-time links: kind is setup, invite or reset. person_id is empty for setup alone.
CREATE TABLE one_time_link (
    token_hash TEXT PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    person_id TEXT REFERENCES person (id),
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX one_time_link_person ON one_time_link (person_id);

-- A one-time link that was just made, sealed, for the session that made it. read_by is the request
-- that showed it; no other request reads it again.
CREATE TABLE shown_link (
    id_hash TEXT PRIMARY KEY NOT NULL,
    session_id TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES person (id),
    sealed BLOB NOT NULL,
    read_by TEXT,
    expires_at BIGINT NOT NULL
);

CREATE TABLE throttle (
    bucket TEXT PRIMARY KEY NOT NULL,
    failures BIGINT NOT NULL,
    since BIGINT NOT NULL
);

CREATE TABLE project (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL REFERENCES person (id)
);

CREATE TABLE project_member (
    project_id TEXT NOT NULL REFERENCES project (id),
    person_id TEXT NOT NULL REFERENCES person (id),
    role TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (project_id, person_id, role)
);
CREATE INDEX project_member_person ON project_member (person_id);

-- What a failed form post kept for the page that shows it again; never a secret.
CREATE TABLE form_failure (
    id_hash TEXT PRIMARY KEY NOT NULL,
    owner_hash TEXT NOT NULL,
    form TEXT NOT NULL,
    fields TEXT NOT NULL,
    error TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

-- Who did what; written by use cases, append-only.
CREATE TABLE audit_entry (
    id TEXT PRIMARY KEY NOT NULL,
    at BIGINT NOT NULL,
    person_id TEXT,
    person_name TEXT NOT NULL,
    address TEXT NOT NULL,
    action TEXT NOT NULL,
    object TEXT NOT NULL,
    object_id TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX audit_entry_at ON audit_entry (at);
