-- Columns of tables and views; their order does not count.
SELECT CONCAT('column ', c.table_name, '.', c.column_name) AS object,
       CONCAT_WS(' ', c.column_type, CONCAT('collate ', c.collation_name),
                 IF(c.is_nullable = 'NO', 'not null', NULL),
                 CONCAT('default ', c.column_default),
                 NULLIF(LOWER(c.extra), ''),
                 CONCAT('as (', NULLIF(c.generation_expression, ''), ')'),
                 CONCAT('comment ', NULLIF(c.column_comment, ''))) AS definition,
       NULL AS code
FROM information_schema.columns c
WHERE c.table_schema = DATABASE() AND c.table_name NOT IN (:ignored)
