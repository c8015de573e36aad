-- Roles with no more than they need. Run it after every migration, as an administrator or as the schema's owner who may make roles:
--
--     dotnet run --project src/FunctionsMonitor.Local -- migrate --roles | psql "host=… dbname=… user=…" --set ON_ERROR_STOP=1 --single-transaction
--
-- They cannot sign in. Give them to those that do:  GRANT monitoring_ingest TO "the-app-s-role";
--
--   monitoring_ingest   the application: writes events by every path, reads everything, works with dead letters. It cannot delete an event or
--                       the row of a segment; days are made and dropped by functions that act as the owner, and they refuse to remove
--                       anything of the last day, whoever asks. What is older this role can have dropped: it is the retention.
--   monitoring_view     an application that may do nothing but insert into public.monitoring_events_insert
--   monitoring_read     people and dashboards
--
-- The owner is whoever runs the migrations. It needs CREATE on the database and on the schema public, once, and no other privilege:
--
--     CREATE ROLE monitoring_owner LOGIN;  GRANT CREATE ON DATABASE … TO monitoring_owner;  GRANT CREATE ON SCHEMA public TO monitoring_owner;

DO $do$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['monitoring_ingest', 'monitoring_view', 'monitoring_read'] LOOP
        BEGIN
            -- Roles belong to the server, and another database of it may have made them.
            EXECUTE format('CREATE ROLE %I NOLOGIN', name);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
    END LOOP;
END
$do$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA monitoring FROM PUBLIC;

GRANT USAGE ON SCHEMA monitoring TO monitoring_ingest, monitoring_read;
GRANT SELECT ON ALL TABLES IN SCHEMA monitoring TO monitoring_ingest, monitoring_read;

GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA monitoring TO monitoring_ingest;
-- The retention's own: it checks its bounds before.
REVOKE EXECUTE ON FUNCTION monitoring.fold_segments(timestamptz) FROM monitoring_ingest;
GRANT INSERT ON monitoring.events, monitoring.flushed_segments, monitoring.flushes TO monitoring_ingest;
GRANT INSERT, UPDATE ON monitoring.validation_metrics TO monitoring_ingest;
GRANT UPDATE (deleted_at) ON monitoring.flushed_segments TO monitoring_ingest;
GRANT INSERT, DELETE, UPDATE (replayed_at, replays) ON monitoring.dead_letters TO monitoring_ingest;
DO $do$
BEGIN
    -- A batch with duplicates goes by way of a temporary table.
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO monitoring_ingest', current_database());
END
$do$;

-- To insert, and to be told what became of the row just inserted; the view itself shows nothing.
GRANT INSERT, SELECT ON public.monitoring_events_insert TO monitoring_ingest, monitoring_view;
