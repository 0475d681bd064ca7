-- Columns of tables and views, in order.
SELECT c.table_name, c.column_name, c.column_type, c.is_nullable, c.column_default, LOWER(c.extra),
       NULLIF(c.generation_expression, ''), c.character_set_name, c.collation_name, NULLIF(c.column_comment, '')
FROM information_schema.columns c
WHERE c.table_schema = DATABASE() AND c.table_name NOT IN (:ignored)
ORDER BY c.table_name, c.ordinal_position
