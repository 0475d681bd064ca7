-- Functions and procedures with their parameters, and events.
SELECT object, definition, code
FROM (
  SELECT CONCAT(LOWER(r.routine_type), ' ', r.routine_name) AS object,
         CONCAT_WS(', ', CONCAT('returns ', r.dtd_identifier), IF(r.is_deterministic = 'YES', 'deterministic', NULL),
                   LOWER(r.sql_data_access), CONCAT('sql security ', LOWER(r.security_type)),
                   CONCAT('comment ', NULLIF(r.routine_comment, ''))) AS definition,
         r.routine_definition AS code, 0 AS part
  FROM information_schema.routines r
  WHERE r.routine_schema = DATABASE()
  UNION ALL
  SELECT CONCAT('parameters of ', LOWER(p.routine_type), ' ', p.specific_name),
         CONCAT_WS(' ', LOWER(p.parameter_mode), p.parameter_name, p.dtd_identifier, CONCAT('collate ', p.collation_name)),
         NULL, p.ordinal_position
  FROM information_schema.parameters p
  WHERE p.specific_schema = DATABASE() AND p.ordinal_position > 0
  UNION ALL
  SELECT CONCAT('event ', e.event_name),
         CONCAT_WS(' ', LOWER(e.event_type), CONCAT('at ', e.execute_at),
                   CONCAT('every ', e.interval_value, ' ', e.interval_field), CONCAT('ends ', e.ends), LOWER(e.status),
                   CONCAT('on completion ', LOWER(e.on_completion)),
                   CONCAT('comment ', NULLIF(e.event_comment, ''))),
         e.event_definition, 0
  FROM information_schema.events e
  WHERE e.event_schema = DATABASE()
) facts
ORDER BY object, part
