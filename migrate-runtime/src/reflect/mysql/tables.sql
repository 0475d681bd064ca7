-- Tables, views and sequences.
SELECT t.table_name, t.table_type, LOWER(t.engine), t.table_collation,
       IF(t.table_type = 'VIEW', '', t.table_comment), IF(LOCATE('partitioned', t.create_options) > 0, 'divided', NULL)
FROM information_schema.tables t
WHERE t.table_schema = DATABASE() AND t.table_type IN ('BASE TABLE', 'SYSTEM VERSIONED', 'SEQUENCE', 'VIEW')
  AND t.table_name NOT IN (:ignored)
ORDER BY t.table_name
