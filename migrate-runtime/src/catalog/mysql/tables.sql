-- The database's own defaults, tables with their partitions, and views.
-- Every query here answers with: object, definition, code (SQL text to be compared token by token, or NULL). Rows of the
-- same object are parts of one definition, in the order in which they come. AUTO_INCREMENT counters do not count.
SELECT object, definition, code
FROM (
  SELECT 'database' AS object,
         CONCAT('character set ', default_character_set_name, ', collation ', default_collation_name) AS definition,
         NULL AS code, 0 AS part, 0 AS subpart
  FROM information_schema.schemata
  WHERE schema_name = DATABASE()
  UNION ALL
  SELECT CONCAT(IF(t.table_type = 'SEQUENCE', 'sequence ', 'table '), t.table_name),
         CONCAT_WS(', ', IF(t.table_type = 'SEQUENCE', 'sequence', 'table'),
                   IF(t.table_type = 'SYSTEM VERSIONED', 'system versioned', NULL),
                   CONCAT('engine ', t.engine), CONCAT('collation ', t.table_collation),
                   CONCAT('options ', NULLIF(t.create_options, '')),
                   CONCAT('comment ', NULLIF(t.table_comment, ''))),
         NULL, 0, 0
  FROM information_schema.tables t
  WHERE t.table_schema = DATABASE() AND t.table_type IN ('BASE TABLE', 'SYSTEM VERSIONED', 'SEQUENCE')
    AND t.table_name NOT IN (:ignored)
  UNION ALL
  SELECT CONCAT('partitions ', p.table_name),
         CONCAT_WS(' ', p.partition_name, p.subpartition_name, p.partition_method, p.partition_expression,
                   p.subpartition_method, p.subpartition_expression, p.partition_description),
         NULL, p.partition_ordinal_position, p.subpartition_ordinal_position
  FROM information_schema.partitions p
  WHERE p.table_schema = DATABASE() AND p.partition_name IS NOT NULL AND p.table_name NOT IN (:ignored)
  UNION ALL
  SELECT CONCAT('view ', v.table_name),
         CONCAT_WS(', ', 'view', CONCAT('sql security ', LOWER(v.security_type)),
                   CONCAT('check option ', LOWER(NULLIF(v.check_option, 'NONE')))),
         -- The server writes the database's name into the text; a copy under another name is the same view.
         REPLACE(v.view_definition, CONCAT('`', DATABASE(), '`.'), ''), 0, 0
  FROM information_schema.views v
  WHERE v.table_schema = DATABASE() AND v.table_name NOT IN (:ignored)
) facts
ORDER BY object, part, subpart
