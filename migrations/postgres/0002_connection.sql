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
    -- active, inactive or error; status_reason is words for people, report the last check list (JSON).
    status TEXT NOT NULL,
    status_reason TEXT NOT NULL DEFAULT '',
    status_since BIGINT NOT NULL,
    report TEXT,
    checked_at BIGINT,
    identity TEXT,
    product_version TEXT,
    -- Grows with every change; an edit that names an older one is refused.
    revision BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    updated_by TEXT NOT NULL
);
