-- The tables. Once released, a script is never changed: another one is added.

CREATE SCHEMA IF NOT EXISTS monitoring;

-- One row an event. A day is a partition, made ahead by monitoring.ensure_partitions and dropped whole by the retention. There is no DEFAULT
-- partition: one that holds rows keeps the real day from being made. data, metadata and issues are json and not jsonb, which would reorder
-- keys, drop repeated ones and refuse \u0000: what was received is kept to the byte.
CREATE TABLE monitoring.events (
    timestamp timestamptz NOT NULL,
    event_id uuid NOT NULL,
    event_type text NOT NULL,
    source text NOT NULL,
    data json,
    metadata json,
    issues json,
    received_at timestamptz NOT NULL,
    marks integer NOT NULL,
    validation_ns bigint NOT NULL,
    errors integer NOT NULL,
    warnings integer NOT NULL,
    segment_id uuid NOT NULL,
    CONSTRAINT events_pkey PRIMARY KEY (timestamp, event_id)
) PARTITION BY RANGE (timestamp);

CREATE INDEX events_by_type ON monitoring.events (event_type, timestamp, event_id);
CREATE INDEX events_by_source ON monitoring.events (source, timestamp, event_id);

-- Sums per minute and type, of stored and of rejected events. All of them add up, so that merging two flushes is an upsert.
CREATE TABLE monitoring.validation_metrics (
    minute timestamptz NOT NULL,
    event_type text NOT NULL,
    total bigint NOT NULL,
    passed bigint NOT NULL,
    failed bigint NOT NULL,
    rejected bigint NOT NULL,
    errors bigint NOT NULL,
    warnings bigint NOT NULL,
    validation_ns bigint NOT NULL,
    CONSTRAINT validation_metrics_pkey PRIMARY KEY (minute, event_type)
);

-- One row a segment: who has one was committed, and is never written again. (incarnation, number) is not unique: a restored or cloned machine
-- uses numbers twice, and both segments hold acknowledged events; the ledger shows that its sum is off.
CREATE TABLE monitoring.flushed_segments (
    segment_id uuid NOT NULL CONSTRAINT flushed_segments_pkey PRIMARY KEY,
    incarnation uuid NOT NULL,
    number bigint NOT NULL,
    count integer NOT NULL,
    accepted_through bigint NOT NULL,
    abandoned bigint[] NOT NULL,
    stored integer NOT NULL,
    duplicates integer NOT NULL,
    dead integer NOT NULL,
    expired integer NOT NULL,
    created_at timestamptz NOT NULL,
    flushed_at timestamptz NOT NULL,
    flush_id uuid NOT NULL,
    deleted_at timestamptz,
    CONSTRAINT flushed_segments_balance CHECK (count = stored + duplicates + dead + expired)
);

CREATE INDEX flushed_segments_by_number ON monitoring.flushed_segments (incarnation, number);
CREATE INDEX flushed_segments_by_deletion ON monitoring.flushed_segments (deleted_at);
CREATE INDEX flushed_segments_not_deleted ON monitoring.flushed_segments (flushed_at) WHERE deleted_at IS NULL;

-- What rows of flushed_segments add up to once they are purged: the unbroken run from an incarnation's first number.
CREATE TABLE monitoring.ledger_totals (
    incarnation uuid NOT NULL CONSTRAINT ledger_totals_pkey PRIMARY KEY,
    folded_through bigint NOT NULL,
    accepted bigint NOT NULL,
    unacknowledged bigint NOT NULL,
    stored bigint NOT NULL,
    duplicates bigint NOT NULL,
    dead bigint NOT NULL,
    expired bigint NOT NULL
);

-- Reports of flushes, as GET /metrics/flush shows them.
CREATE TABLE monitoring.flushes (
    flush_id uuid NOT NULL CONSTRAINT flushes_pkey PRIMARY KEY,
    started_at timestamptz NOT NULL,
    report json NOT NULL
);

CREATE INDEX flushes_by_start ON monitoring.flushes (started_at);

-- Events that could not be stored as they are. The text is bytea: the reason may be that it is no text for PostgreSQL (a NUL in it).
CREATE TABLE monitoring.dead_letters (
    segment_id uuid NOT NULL,
    position integer NOT NULL,
    reason text NOT NULL,
    detail text NOT NULL,
    died_at timestamptz NOT NULL,
    replayed_at timestamptz,
    replays integer NOT NULL DEFAULT 0,
    timestamp timestamptz NOT NULL,
    event_id uuid NOT NULL,
    event_type bytea NOT NULL,
    source bytea NOT NULL,
    data bytea,
    metadata bytea,
    issues bytea,
    received_at timestamptz NOT NULL,
    marks integer NOT NULL,
    validation_ns bigint NOT NULL,
    errors integer NOT NULL,
    warnings integer NOT NULL,
    CONSTRAINT dead_letters_pkey PRIMARY KEY (segment_id, position)
);

CREATE INDEX dead_letters_by_death ON monitoring.dead_letters (died_at, segment_id, position);
