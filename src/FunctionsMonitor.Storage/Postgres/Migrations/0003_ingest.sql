-- The ways in for a flush: a function that takes a whole batch of segments as arrays, and a view that hands it one.
--
-- The arrays: s_ one element a segment; e_ one an event that is to be stored (e_metadata, e_issues: NULL when every element is; e_errors,
-- e_warnings: NULL when every element is 0; e_positions, the places in the segments: NULL when they simply count up); r_ the rollups of these
-- events, by minute and type, for when all of them are stored;
-- j_ the totals of rejected events, by segment, minute and type; d_ the events that are known to be refused, with the reason.
--
-- Unnest in the select list streams; in FROM each of the arrays would be written to a tuple store first, which took a tenth of the time.
-- Errors of its own: FM001 another flush is writing, FM002 more dead letters than there is room for, FM003 a row that was taken without an
-- error is not there.
--
-- SECURITY DEFINER: who may call it needs no privilege on any table.
-- Generic plans: one made for the arrays at hand would have them copied into it, for statements in which there is nothing to choose.

CREATE FUNCTION monitoring.ingest_segments(
    trial boolean, flush_id uuid, flushed_at timestamptz, dead_letter_room bigint,
    s_ids uuid[], s_incarnations uuid[], s_numbers bigint[], s_counts integer[], s_accepted_through bigint[], s_abandoned text[],
    s_created_at timestamptz[], s_expired integer[],
    e_segment_ids uuid[], e_positions integer[], e_timestamps timestamptz[], e_ids uuid[], e_types text[], e_sources text[], e_data json[],
    e_metadata json[], e_issues json[], e_received_at timestamptz[], e_marks integer[], e_validation_ns bigint[], e_errors integer[],
    e_warnings integer[],
    r_minutes timestamptz[], r_types text[], r_totals bigint[], r_passed bigint[], r_failed bigint[], r_errors bigint[], r_warnings bigint[],
    r_validation_ns bigint[],
    j_segment_ids uuid[], j_minutes timestamptz[], j_types text[], j_counts bigint[], j_errors bigint[], j_warnings bigint[],
    j_validation_ns bigint[],
    d_segment_ids uuid[], d_positions integer[], d_reasons text[], d_details text[], d_timestamps timestamptz[], d_ids uuid[], d_types bytea[],
    d_sources bytea[], d_data bytea[], d_metadata bytea[], d_issues bytea[], d_received_at timestamptz[], d_marks integer[],
    d_validation_ns bigint[], d_errors integer[], d_warnings integer[]
) RETURNS TABLE (segment_id uuid, already_flushed boolean, stored integer, duplicates integer, dead integer, expired integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan
AS $function$
#variable_conflict use_column
DECLARE
    wanted CONSTANT integer := coalesce(cardinality(e_ids), 0);
    written bigint;
    known uuid[];
    inserted integer[];
    fates text[];
    violated_schema text;
    violated text;
    conflicts bigint := 0;
BEGIN
    IF NOT pg_try_advisory_xact_lock(1179471694, 1) THEN
        RAISE EXCEPTION 'Another flush is writing.' USING ERRCODE = 'FM001';
    END IF;
    PERFORM set_config('synchronous_commit', 'on', true);

    IF e_errors IS NULL THEN
        e_errors := array_fill(0, ARRAY[wanted]);
    END IF;
    IF e_warnings IS NULL THEN
        e_warnings := array_fill(0, ARRAY[wanted]);
    END IF;

    -- Would the table take these? The caller rolls back. Duplicates are no matter here, and a constraint that waits for the commit does not.
    IF trial THEN
        INSERT INTO monitoring.events (timestamp, event_id, event_type, source, data, metadata, issues, received_at, marks, validation_ns, errors, warnings, segment_id)
        SELECT
            unnest(e_timestamps), unnest(e_ids), unnest(e_types), unnest(e_sources), unnest(e_data), unnest(e_metadata), unnest(e_issues),
            unnest(e_received_at), unnest(e_marks), unnest(e_validation_ns), unnest(e_errors), unnest(e_warnings), unnest(e_segment_ids)
        ON CONFLICT (timestamp, event_id) DO NOTHING;
        GET DIAGNOSTICS written = ROW_COUNT;
        IF written < wanted AND EXISTS (
            SELECT FROM (SELECT unnest(e_timestamps) AS timestamp, unnest(e_ids) AS event_id) AS given
            WHERE NOT EXISTS (
                SELECT FROM monitoring.events AS present
                WHERE present.timestamp = given.timestamp AND present.event_id = given.event_id)) THEN
            RAISE EXCEPTION 'The table took the row without an error and did not keep it.' USING ERRCODE = 'FM003';
        END IF;
        SET CONSTRAINTS ALL IMMEDIATE;
        RETURN;
    END IF;

    known := ARRAY(SELECT flushed.segment_id FROM monitoring.flushed_segments AS flushed WHERE flushed.segment_id = ANY (s_ids));

    -- Nearly always nothing is there yet, and without ON CONFLICT a row costs a fifth less.
    IF known = '{}' THEN
        BEGIN
            INSERT INTO monitoring.events (timestamp, event_id, event_type, source, data, metadata, issues, received_at, marks, validation_ns, errors, warnings, segment_id)
            SELECT
                unnest(e_timestamps), unnest(e_ids), unnest(e_types), unnest(e_sources), unnest(e_data), unnest(e_metadata), unnest(e_issues),
                unnest(e_received_at), unnest(e_marks), unnest(e_validation_ns), unnest(e_errors), unnest(e_warnings), unnest(e_segment_ids);
            GET DIAGNOSTICS written = ROW_COUNT;
            IF written < wanted THEN
                RAISE EXCEPTION 'The table took the row without an error and did not keep it.' USING ERRCODE = 'FM003';
            END IF;
        EXCEPTION WHEN unique_violation THEN
            GET STACKED DIAGNOSTICS violated_schema = SCHEMA_NAME, violated = CONSTRAINT_NAME;
            IF violated_schema <> 'monitoring' OR violated !~ '^events_(\d{8}_)?pkey$' THEN
                RAISE;
            END IF;
            written := NULL;
        END;
    END IF;

    -- Event by event: 's' stored, 'd' the same to the byte is there, 'c' another one has its key, 'k' its segment was flushed before.
    IF written IS NULL THEN
        -- Here joins depend on how many there are.
        PERFORM set_config('plan_cache_mode', 'auto', true);
        WITH given AS (
            SELECT
                unnest(e_timestamps) AS timestamp, unnest(e_ids) AS event_id, unnest(e_types) AS event_type, unnest(e_sources) AS source,
                unnest(e_data) AS data, unnest(e_metadata) AS metadata, unnest(e_issues) AS issues, unnest(e_received_at) AS received_at,
                unnest(e_marks) AS marks, unnest(e_validation_ns) AS validation_ns, unnest(e_errors) AS errors, unnest(e_warnings) AS warnings,
                unnest(e_segment_ids) AS segment_id, generate_series(1, wanted) AS ord
        ), firsts AS MATERIALIZED (
            SELECT DISTINCT ON (timestamp, event_id) * FROM given WHERE segment_id <> ALL (known) ORDER BY timestamp, event_id, ord
        ), fresh AS (
            INSERT INTO monitoring.events (timestamp, event_id, event_type, source, data, metadata, issues, received_at, marks, validation_ns, errors, warnings, segment_id)
            SELECT timestamp, event_id, event_type, source, data, metadata, issues, received_at, marks, validation_ns, errors, warnings, segment_id
            FROM firsts
            ON CONFLICT (timestamp, event_id) DO NOTHING
            RETURNING timestamp, event_id
        )
        SELECT coalesce(array_agg(firsts.ord), '{}') INTO inserted FROM firsts JOIN fresh USING (timestamp, event_id);

        WITH given AS (
            SELECT
                unnest(e_timestamps) AS timestamp, unnest(e_ids) AS event_id, unnest(e_types) AS event_type, unnest(e_sources) AS source,
                unnest(e_data) AS data, unnest(e_metadata) AS metadata, unnest(e_issues) AS issues, unnest(e_received_at) AS received_at,
                unnest(e_marks) AS marks, unnest(e_validation_ns) AS validation_ns, unnest(e_errors) AS errors, unnest(e_warnings) AS warnings,
                unnest(e_segment_ids) AS segment_id, generate_series(1, wanted) AS ord
        )
        SELECT coalesce(array_agg(
            CASE
                WHEN given.segment_id = ANY (known) THEN 'k'
                WHEN fresh.ord IS NOT NULL THEN 's'
                WHEN present.same THEN 'd'
                WHEN NOT present.same THEN 'c'
                ELSE '?'
            END ORDER BY given.ord), '{}')
        INTO fates
        FROM given
        LEFT JOIN unnest(inserted) AS fresh (ord) ON fresh.ord = given.ord
        -- LIMIT keeps it what it is, a look at the key for each row, whatever the statistics say.
        LEFT JOIN LATERAL (
            SELECT
                event.event_type = given.event_type AND event.source = given.source
                AND event.data::text IS NOT DISTINCT FROM given.data::text
                AND event.metadata::text IS NOT DISTINCT FROM given.metadata::text AS same
            FROM monitoring.events AS event
            WHERE fresh.ord IS NULL AND event.timestamp = given.timestamp AND event.event_id = given.event_id
            LIMIT 1) AS present ON true;

        IF '?' = ANY (fates) THEN
            RAISE EXCEPTION 'The table took the row without an error and did not keep it.' USING ERRCODE = 'FM003';
        END IF;

        INSERT INTO monitoring.dead_letters (
            segment_id, position, reason, detail, died_at, timestamp, event_id, event_type, source, data, metadata, issues, received_at, marks,
            validation_ns, errors, warnings)
        SELECT
            placed.segment_id, placed.position, 'conflict', 'Another event with the same timestamp and event_id is stored.', flushed_at,
            placed.timestamp, placed.event_id, convert_to(placed.event_type, 'UTF8'), convert_to(placed.source, 'UTF8'),
            convert_to(placed.data::text, 'UTF8'), convert_to(placed.metadata::text, 'UTF8'), convert_to(placed.issues::text, 'UTF8'),
            placed.received_at, placed.marks, placed.validation_ns, placed.errors, placed.warnings
        FROM (
            SELECT given.*, coalesce(given.given_position, row_number() OVER (PARTITION BY given.segment_id ORDER BY given.ord) - 1) AS position
            FROM (SELECT
                unnest(e_timestamps) AS timestamp, unnest(e_ids) AS event_id, unnest(e_types) AS event_type, unnest(e_sources) AS source,
                unnest(e_data) AS data, unnest(e_metadata) AS metadata, unnest(e_issues) AS issues, unnest(e_received_at) AS received_at,
                unnest(e_marks) AS marks, unnest(e_validation_ns) AS validation_ns, unnest(e_errors) AS errors, unnest(e_warnings) AS warnings,
                unnest(e_segment_ids) AS segment_id, generate_series(1, wanted) AS ord,
                unnest(fates) AS fate, unnest(e_positions) AS given_position) AS given) AS placed
        WHERE placed.fate = 'c'
        ORDER BY placed.segment_id, placed.position;
        GET DIAGNOSTICS conflicts = ROW_COUNT;
    END IF;

    IF conflicts + (SELECT count(*) FROM unnest(d_segment_ids) AS refused (id) WHERE refused.id <> ALL (known)) > dead_letter_room THEN
        RAISE EXCEPTION 'More dead letters than there is room for.' USING ERRCODE = 'FM002';
    END IF;
    INSERT INTO monitoring.dead_letters (
        segment_id, position, reason, detail, died_at, timestamp, event_id, event_type, source, data, metadata, issues, received_at, marks,
        validation_ns, errors, warnings)
    SELECT * FROM (
        SELECT
            unnest(d_segment_ids) AS segment_id, unnest(d_positions), unnest(d_reasons), unnest(d_details), flushed_at, unnest(d_timestamps),
            unnest(d_ids), unnest(d_types), unnest(d_sources), unnest(d_data), unnest(d_metadata), unnest(d_issues), unnest(d_received_at),
            unnest(d_marks), unnest(d_validation_ns), unnest(d_errors), unnest(d_warnings)) AS refused
    WHERE refused.segment_id <> ALL (known);

    INSERT INTO monitoring.validation_metrics AS kept (
        minute, event_type, total, passed, failed, rejected, errors, warnings, validation_ns)
    SELECT sums.minute, sums.event_type, sum(total), sum(passed), sum(failed), sum(rejected), sum(errors), sum(warnings), sum(validation_ns)
    FROM (
        SELECT
            unnest(r_minutes) AS minute, unnest(r_types) AS event_type, unnest(r_totals) AS total, unnest(r_passed) AS passed,
            unnest(r_failed) AS failed, 0::bigint AS rejected, unnest(r_errors) AS errors, unnest(r_warnings) AS warnings,
            unnest(r_validation_ns) AS validation_ns
        WHERE fates IS NULL
        UNION ALL
        SELECT
            date_trunc('minute', event.timestamp, 'UTC'), event.event_type, 1, (event.marks & 3 = 1)::integer, (event.marks & 2 = 2)::integer, 0,
            event.errors, event.warnings, event.validation_ns
        FROM (
            SELECT
                unnest(fates) AS fate, unnest(e_timestamps) AS timestamp, unnest(e_types) AS event_type, unnest(e_marks) AS marks,
                unnest(e_errors) AS errors, unnest(e_warnings) AS warnings, unnest(e_validation_ns) AS validation_ns
            WHERE fates IS NOT NULL) AS event
        WHERE event.fate = 's'
        UNION ALL
        SELECT refused.minute, refused.event_type, total, 0, total, total, errors, warnings, validation_ns
        FROM (
            SELECT
                unnest(j_segment_ids) AS segment_id, unnest(j_minutes) AS minute, unnest(j_types) AS event_type, unnest(j_counts) AS total,
                unnest(j_errors) AS errors, unnest(j_warnings) AS warnings, unnest(j_validation_ns) AS validation_ns) AS refused
        WHERE refused.segment_id <> ALL (known)) AS sums
    GROUP BY sums.minute, sums.event_type
    ORDER BY sums.minute, sums.event_type
    ON CONFLICT (minute, event_type) DO UPDATE SET
        total = kept.total + excluded.total, passed = kept.passed + excluded.passed, failed = kept.failed + excluded.failed,
        rejected = kept.rejected + excluded.rejected, errors = kept.errors + excluded.errors, warnings = kept.warnings + excluded.warnings,
        validation_ns = kept.validation_ns + excluded.validation_ns;

    RETURN QUERY
    WITH segments AS MATERIALIZED (
        SELECT
            given.*, given.id = ANY (known) AS flushed_before,
            CASE WHEN fates IS NULL THEN given.count - given.expired - coalesce(refused.count, 0) ELSE coalesce(judged.stored, 0) END AS stored,
            coalesce(judged.duplicates, 0) AS duplicates, coalesce(judged.conflicts, 0) + coalesce(refused.count, 0) AS dead
        FROM (
            SELECT
                unnest(s_ids) AS id, unnest(s_incarnations) AS incarnation, unnest(s_numbers) AS number, unnest(s_counts) AS count,
                unnest(s_accepted_through) AS accepted_through, unnest(s_abandoned)::bigint[] AS abandoned, unnest(s_created_at) AS created_at,
                unnest(s_expired) AS expired, generate_subscripts(s_ids, 1) AS ord) AS given
        LEFT JOIN (
            SELECT refused.id, count(*) FROM unnest(d_segment_ids) AS refused (id) GROUP BY refused.id) AS refused ON refused.id = given.id
        LEFT JOIN (
            SELECT
                event.segment_id AS id, count(*) FILTER (WHERE event.fate = 's') AS stored, count(*) FILTER (WHERE event.fate = 'd') AS duplicates,
                count(*) FILTER (WHERE event.fate = 'c') AS conflicts
            FROM (SELECT unnest(e_segment_ids) AS segment_id, unnest(fates) AS fate WHERE fates IS NOT NULL) AS event
            GROUP BY event.segment_id) AS judged ON judged.id = given.id
    ), kept AS (
        INSERT INTO monitoring.flushed_segments (
            segment_id, incarnation, number, count, accepted_through, abandoned, stored, duplicates, dead, expired, created_at, flushed_at, flush_id)
        SELECT
            segments.id, segments.incarnation, segments.number, segments.count, segments.accepted_through, segments.abandoned, segments.stored,
            segments.duplicates, segments.dead, segments.expired, segments.created_at, ingest_segments.flushed_at, ingest_segments.flush_id
        FROM segments
        WHERE NOT segments.flushed_before
        ORDER BY segments.id
    )
    SELECT
        segments.id, segments.flushed_before,
        CASE WHEN segments.flushed_before THEN 0 ELSE segments.stored::integer END,
        CASE WHEN segments.flushed_before THEN 0 ELSE segments.duplicates::integer END,
        CASE WHEN segments.flushed_before THEN 0 ELSE segments.dead::integer END,
        CASE WHEN segments.flushed_before THEN 0 ELSE segments.expired END
    FROM segments
    ORDER BY segments.ord;
END
$function$;

-- For roles that may touch nothing else: one row is one batch. Nothing can be read here but what became of the row just inserted.
CREATE VIEW public.monitoring_events_insert AS
SELECT
    NULL::boolean AS trial, NULL::uuid AS flush_id, NULL::timestamptz AS flushed_at, NULL::bigint AS dead_letter_room,
    NULL::uuid[] AS s_ids, NULL::uuid[] AS s_incarnations, NULL::bigint[] AS s_numbers, NULL::integer[] AS s_counts,
    NULL::bigint[] AS s_accepted_through, NULL::text[] AS s_abandoned, NULL::timestamptz[] AS s_created_at, NULL::integer[] AS s_expired,
    NULL::uuid[] AS e_segment_ids, NULL::integer[] AS e_positions, NULL::timestamptz[] AS e_timestamps, NULL::uuid[] AS e_ids,
    NULL::text[] AS e_types, NULL::text[] AS e_sources, NULL::json[] AS e_data, NULL::json[] AS e_metadata, NULL::json[] AS e_issues,
    NULL::timestamptz[] AS e_received_at, NULL::integer[] AS e_marks, NULL::bigint[] AS e_validation_ns, NULL::integer[] AS e_errors,
    NULL::integer[] AS e_warnings,
    NULL::timestamptz[] AS r_minutes, NULL::text[] AS r_types, NULL::bigint[] AS r_totals, NULL::bigint[] AS r_passed, NULL::bigint[] AS r_failed,
    NULL::bigint[] AS r_errors, NULL::bigint[] AS r_warnings, NULL::bigint[] AS r_validation_ns,
    NULL::uuid[] AS j_segment_ids, NULL::timestamptz[] AS j_minutes, NULL::text[] AS j_types, NULL::bigint[] AS j_counts,
    NULL::bigint[] AS j_errors, NULL::bigint[] AS j_warnings, NULL::bigint[] AS j_validation_ns,
    NULL::uuid[] AS d_segment_ids, NULL::integer[] AS d_positions, NULL::text[] AS d_reasons, NULL::text[] AS d_details,
    NULL::timestamptz[] AS d_timestamps, NULL::uuid[] AS d_ids, NULL::bytea[] AS d_types, NULL::bytea[] AS d_sources, NULL::bytea[] AS d_data,
    NULL::bytea[] AS d_metadata, NULL::bytea[] AS d_issues, NULL::timestamptz[] AS d_received_at, NULL::integer[] AS d_marks,
    NULL::bigint[] AS d_validation_ns, NULL::integer[] AS d_errors, NULL::integer[] AS d_warnings,
    NULL::uuid[] AS segment_ids, NULL::boolean[] AS already_flushed, NULL::integer[] AS stored, NULL::integer[] AS duplicates,
    NULL::integer[] AS dead, NULL::integer[] AS expired
WHERE false;

CREATE FUNCTION monitoring.ingest_row() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    -- Who has only the view cannot ask for the days of its events.
    PERFORM monitoring.ensure_partitions(ARRAY(SELECT DISTINCT (time AT TIME ZONE 'UTC')::date FROM unnest(NEW.e_timestamps) AS time));
    SELECT
        array_agg(outcome.segment_id), array_agg(outcome.already_flushed), array_agg(outcome.stored), array_agg(outcome.duplicates),
        array_agg(outcome.dead), array_agg(outcome.expired)
    INTO NEW.segment_ids, NEW.already_flushed, NEW.stored, NEW.duplicates, NEW.dead, NEW.expired
    FROM monitoring.ingest_segments(
        NEW.trial, NEW.flush_id, NEW.flushed_at, NEW.dead_letter_room,
        NEW.s_ids, NEW.s_incarnations, NEW.s_numbers, NEW.s_counts, NEW.s_accepted_through, NEW.s_abandoned, NEW.s_created_at, NEW.s_expired,
        NEW.e_segment_ids, NEW.e_positions, NEW.e_timestamps, NEW.e_ids, NEW.e_types, NEW.e_sources, NEW.e_data, NEW.e_metadata, NEW.e_issues,
        NEW.e_received_at, NEW.e_marks, NEW.e_validation_ns, NEW.e_errors, NEW.e_warnings,
        NEW.r_minutes, NEW.r_types, NEW.r_totals, NEW.r_passed, NEW.r_failed, NEW.r_errors, NEW.r_warnings, NEW.r_validation_ns,
        NEW.j_segment_ids, NEW.j_minutes, NEW.j_types, NEW.j_counts, NEW.j_errors, NEW.j_warnings, NEW.j_validation_ns,
        NEW.d_segment_ids, NEW.d_positions, NEW.d_reasons, NEW.d_details, NEW.d_timestamps, NEW.d_ids, NEW.d_types, NEW.d_sources, NEW.d_data,
        NEW.d_metadata, NEW.d_issues, NEW.d_received_at, NEW.d_marks, NEW.d_validation_ns, NEW.d_errors, NEW.d_warnings) AS outcome;
    RETURN NEW;
END
$function$;

CREATE TRIGGER ingest INSTEAD OF INSERT ON public.monitoring_events_insert FOR EACH ROW EXECUTE FUNCTION monitoring.ingest_row();

-- A function is everybody's until it is taken from them.
REVOKE ALL ON FUNCTION monitoring.ingest_row() FROM PUBLIC;
REVOKE ALL ON FUNCTION monitoring.ingest_segments FROM PUBLIC;
