-- Days of events, and what the retention removes. The functions act as the owner of the schema: the role of the application may neither make
-- tables nor delete events or rows of segments in any other way.

CREATE FUNCTION monitoring.is_partition(wanted text) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
    SELECT EXISTS (
        SELECT FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'monitoring.events'::regclass AND c.relname = wanted AND NOT i.inhdetachpending)
$function$;

-- Makes the partitions of these days (UTC) where they are missing; answers how many it made. Idempotent, and safe against itself. CREATE and then
-- ATTACH, because CREATE … PARTITION OF would lock everybody out of the table. In a transaction that has events of those days to write, too:
-- the lock it leaves (SHARE UPDATE EXCLUSIVE) lets readers and writers pass.
CREATE FUNCTION monitoring.ensure_partitions(days date[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    wanted date;
    name text;
    made integer := 0;
BEGIN
    FOR wanted IN SELECT DISTINCT day FROM unnest(days) AS day WHERE day IS NOT NULL ORDER BY day LOOP
        name := 'events_' || to_char(wanted, 'YYYYMMDD');
        CONTINUE WHEN monitoring.is_partition(name);

        -- Another caller may be making it: look again once it has committed.
        PERFORM pg_advisory_xact_lock(5067207123472442);
        CONTINUE WHEN monitoring.is_partition(name);

        -- One that somebody detached by hand goes back: else no event of its day could be stored.
        EXECUTE format('CREATE TABLE IF NOT EXISTS monitoring.%I (LIKE monitoring.events INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
        EXECUTE format(
            'ALTER TABLE monitoring.events ATTACH PARTITION monitoring.%I FOR VALUES FROM (%L) TO (%L)', name,
            to_char(wanted, 'YYYY-MM-DD') || ' 00:00:00+00', to_char(wanted + 1, 'YYYY-MM-DD') || ' 00:00:00+00');
        made := made + 1;
    END LOOP;
    RETURN made;
END
$function$;

-- Who may call the retention could else take everything away by it. Nothing is kept for less than a day; the hour is for clocks that differ.
CREATE FUNCTION monitoring.refuse_young(bound timestamptz) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    IF bound > now() - interval '23 hours' THEN
        RAISE EXCEPTION 'Nothing of the last day may be removed, and % is in it or later.', bound USING ERRCODE = 'invalid_parameter_value';
    END IF;
END
$function$;

-- Drops the days (UTC) that lie wholly before a time, with their rollups; answers how many events went. The sum is that of the rollups, which
-- count the rows really inserted: counting the rows themselves would read the whole day once more. Dropping a partition keeps everybody
-- from the table for a moment and must wait for whoever reads it: for two seconds, with all others queueing behind. Then the day stays until
-- the next time.
CREATE FUNCTION monitoring.drop_partitions(before timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET lock_timeout = '2s'
AS $function$
DECLARE
    part record;
    kept timestamptz := date_trunc('day', before, 'UTC');
    events bigint := 0;
    gone bigint;
BEGIN
    PERFORM monitoring.refuse_young(before);
    FOR part IN
        SELECT c.relname, to_date(substr(c.relname, 8), 'YYYYMMDD')::timestamp AT TIME ZONE 'UTC' AS day
        FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'monitoring.events'::regclass AND c.relname ~ '^events_[0-9]{8}$'
        ORDER BY c.relname
    LOOP
        EXIT WHEN part.day >= kept;
        BEGIN
            EXECUTE format('DROP TABLE monitoring.%I', part.relname);
            SELECT coalesce(sum(total - rejected), 0) INTO gone FROM monitoring.validation_metrics
            WHERE minute >= part.day AND minute < part.day + interval '24 hours';
            events := events + gone;
        EXCEPTION WHEN lock_not_available THEN
            kept := part.day;
        END;
    END LOOP;

    DELETE FROM monitoring.validation_metrics WHERE minute < kept;
    RETURN events;
END
$function$;

-- Headers that list abandoned numbers are few, and every folding needs all of its incarnation's.
CREATE INDEX flushed_segments_abandoning ON monitoring.flushed_segments (incarnation) WHERE abandoned <> '{}';

-- Turns rows of segments that left the buffer before a time into sums; answers how many rows went. Only the unbroken run from an
-- incarnation's first number is folded: a gap must stay visible for as long as the incarnation is known.
CREATE FUNCTION monitoring.fold_segments(deleted_before timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
    removed bigint;
BEGIN
    -- Two at once would both start from the same totals.
    PERFORM pg_advisory_xact_lock(5067207123472443);

    WITH touched AS (
        SELECT s.incarnation, max(s.number) AS last, coalesce(max(t.folded_through), 0) AS through
        FROM monitoring.flushed_segments AS s LEFT JOIN monitoring.ledger_totals AS t USING (incarnation)
        WHERE s.deleted_at < deleted_before
        GROUP BY s.incarnation
    ), abandoned AS (
        SELECT DISTINCT s.incarnation, n.number
        FROM touched JOIN monitoring.flushed_segments AS s USING (incarnation) CROSS JOIN unnest(s.abandoned) AS n (number)
        WHERE s.abandoned <> '{}'
    ), numbers AS (
        SELECT incarnation, number, bool_and(old) AS old
        FROM (
            SELECT s.incarnation, s.number, coalesce(s.deleted_at < deleted_before, false) AS old
            FROM touched AS t JOIN monitoring.flushed_segments AS s USING (incarnation)
            WHERE s.number > t.through AND s.number <= t.last
            UNION ALL
            SELECT a.incarnation, a.number, true
            FROM touched AS t JOIN abandoned AS a USING (incarnation)
            WHERE a.number > t.through AND a.number <= t.last
        ) AS either
        GROUP BY incarnation, number
    ), run AS (
        SELECT incarnation, number
        FROM (
            SELECT n.incarnation, n.number, n.number - row_number() OVER w = t.through AND bool_and(n.old) OVER w AS unbroken
            FROM numbers AS n JOIN touched AS t USING (incarnation)
            WINDOW w AS (PARTITION BY n.incarnation ORDER BY n.number)
        ) AS tried
        WHERE unbroken
    ), gone AS (
        -- A number that was folded before came back from a restored copy: it goes too, but its sums are in the books already.
        DELETE FROM monitoring.flushed_segments AS s USING touched AS t
        WHERE s.incarnation = t.incarnation AND s.deleted_at < deleted_before
            AND (s.number <= t.through OR EXISTS (SELECT FROM run AS r WHERE r.incarnation = s.incarnation AND r.number = s.number))
        RETURNING s.incarnation, s.number, s.number > t.through AS folds, s.count, s.accepted_through, s.stored, s.duplicates, s.dead, s.expired
    ), folded AS (
        INSERT INTO monitoring.ledger_totals AS t (
            incarnation, folded_through, accepted, unacknowledged, stored, duplicates, dead, expired)
        SELECT
            g.incarnation, (SELECT max(r.number) FROM run AS r WHERE r.incarnation = g.incarnation),
            -- What an abandoned segment says of itself was never acknowledged.
            coalesce(max(g.accepted_through) FILTER (WHERE a.number IS NULL), 0), coalesce(sum(g.count) FILTER (WHERE a.number IS NOT NULL), 0),
            sum(g.stored), sum(g.duplicates), sum(g.dead), sum(g.expired)
        FROM gone AS g LEFT JOIN abandoned AS a USING (incarnation, number)
        WHERE g.folds
        GROUP BY g.incarnation
        ON CONFLICT (incarnation) DO UPDATE SET
            folded_through = excluded.folded_through, accepted = greatest(t.accepted, excluded.accepted),
            unacknowledged = t.unacknowledged + excluded.unacknowledged, stored = t.stored + excluded.stored,
            duplicates = t.duplicates + excluded.duplicates, dead = t.dead + excluded.dead, expired = t.expired + excluded.expired
    )
    SELECT count(*) INTO removed FROM gone;
    RETURN removed;
END
$function$;

-- Everything else that is past its time, in one transaction with the folding.
CREATE FUNCTION monitoring.apply_retention(
    dead_letters_before timestamptz, segment_rows_before timestamptz, flushes_before timestamptz,
    OUT dead_letters bigint, OUT segment_rows bigint, OUT flushes bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
    PERFORM monitoring.refuse_young(greatest(dead_letters_before, segment_rows_before, flushes_before));
    DELETE FROM monitoring.dead_letters WHERE died_at < dead_letters_before;
    GET DIAGNOSTICS dead_letters = ROW_COUNT;
    segment_rows := monitoring.fold_segments(segment_rows_before);
    DELETE FROM monitoring.flushes WHERE started_at < flushes_before;
    GET DIAGNOSTICS flushes = ROW_COUNT;
END
$function$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA monitoring FROM PUBLIC;
