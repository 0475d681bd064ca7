-- Tables, views and sequences. A view's text has the name of the database in it, which a copy under another name has not.
SELECT t.table_name, t.table_type, LOWER(t.engine), t.table_collation,
       IF(t.table_type = 'VIEW', '', t.table_comment), IF(LOCATE('partitioned', t.create_options) > 0, 'divided', NULL),
       REPLACE(v.view_definition, CONCAT('`', DATABASE(), '`.'), ''), v.check_option, v.security_type
FROM information_schema.tables t
LEFT JOIN information_schema.views v ON v.table_schema = t.table_schema AND v.table_name = t.table_name
WHERE t.table_schema = DATABASE() AND t.table_type IN ('BASE TABLE', 'SYSTEM VERSIONED', 'SEQUENCE', 'VIEW')
  AND t.table_name NOT IN (:ignored)
ORDER BY t.table_name
