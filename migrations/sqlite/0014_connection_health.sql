-- The background check of each connection: when it comes next, and how the last ones came out. A row is about
-- one revision of its connection: who saves a connection begins its history of failures anew.
CREATE TABLE connection_health (
    connection_id TEXT PRIMARY KEY NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    revision BIGINT NOT NULL,
    -- Absent: not before somebody changes the connection, because its credential was refused twice.
    next_at BIGINT,
    failures BIGINT NOT NULL DEFAULT 0,
    refusals BIGINT NOT NULL DEFAULT 0,
    -- works, limited, down, refused or sealed; empty before the first check.
    outcome TEXT NOT NULL DEFAULT '',
    -- What is not as it should be while the connection still counts as working; empty when all is well.
    words TEXT NOT NULL DEFAULT '',
    succeeded_at BIGINT
);

-- Checks by the hour (its beginning, UTC milliseconds), for the strip of the last 24 hours.
CREATE TABLE connection_hour (
    connection_id TEXT NOT NULL REFERENCES connection (id) ON DELETE CASCADE,
    hour BIGINT NOT NULL,
    works BIGINT NOT NULL,
    limited BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    latency_ms BIGINT NOT NULL,
    PRIMARY KEY (connection_id, hour)
);
