-- Connections: one Jira site with one credential. The token is sealed outside the database's reach.
CREATE TABLE connection (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    deployment TEXT NOT NULL,
    site_url TEXT NOT NULL,
    -- Where the API is called: the site, or the gateway for scoped tokens.
    api_base TEXT NOT NULL,
    cloud_id TEXT,
    email TEXT,
    sealed_token BYTEA,
    token_set_at BIGINT,
    token_set_by TEXT,
    token_expires_on TEXT,
    description TEXT NOT NULL DEFAULT '',
    ca_pem TEXT,
    -- active, inactive or error; status_reason and status_next are words for people (what happened, what
    -- to do), report the last check list (JSON).
    status TEXT NOT NULL,
    status_reason TEXT NOT NULL DEFAULT '',
    status_next TEXT NOT NULL DEFAULT '',
    status_since BIGINT NOT NULL,
    report TEXT,
    checked_at BIGINT,
    identity TEXT,
    product_version TEXT,
    -- token_set_by, created_by and updated_by are names as they were then; the audit log has the ids.
    -- Grows with every change; an edit that names an older one is refused.
    revision BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT NOT NULL
);

-- A test of an unsaved form posted without JavaScript: what was typed, what was found, and the token,
-- sealed, for its owner and for exactly this address, type and email, for a few minutes.
CREATE TABLE connection_test (
    id_hash TEXT PRIMARY KEY NOT NULL,
    person_id TEXT NOT NULL,
    -- The connection being edited; empty for a new one.
    connection_id TEXT NOT NULL,
    deployment TEXT NOT NULL,
    site_url TEXT NOT NULL,
    email TEXT NOT NULL,
    -- Absent where the stored token was tested.
    sealed_token BYTEA,
    fields TEXT NOT NULL,
    outcome TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX connection_test_person ON connection_test (person_id);
