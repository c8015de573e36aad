-- For people with a SQL client. The program itself reads the tables.

CREATE VIEW monitoring.events_last_24_hours AS
SELECT timestamp, event_id, event_type, source, data, metadata, issues, received_at, marks, validation_ns, errors, warnings, segment_id
FROM monitoring.events
WHERE timestamp >= now() - interval '24 hours';

-- Over all that is kept. The averages are per validated event.
CREATE VIEW monitoring.event_types AS
SELECT
    event_type,
    sum(total)::bigint AS total,
    sum(passed)::bigint AS passed,
    sum(failed)::bigint AS failed,
    sum(rejected)::bigint AS rejected,
    sum(errors)::bigint AS errors,
    sum(warnings)::bigint AS warnings,
    round(sum(passed) / nullif(sum(passed + failed), 0), 4) AS pass_rate,
    round(sum(validation_ns) / nullif(sum(passed + failed), 0) / 1000, 3) AS average_validation_microseconds,
    min(minute) AS first_minute,
    max(minute) AS last_minute
FROM monitoring.validation_metrics
GROUP BY event_type;
