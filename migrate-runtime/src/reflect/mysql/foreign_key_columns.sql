-- The columns of foreign keys, in order.
SELECT k.table_name, k.constraint_name, k.column_name,
       IF(k.referenced_table_schema = DATABASE(), '', k.referenced_table_schema), k.referenced_table_name,
       k.referenced_column_name
FROM information_schema.key_column_usage k
WHERE k.table_schema = DATABASE() AND k.referenced_table_name IS NOT NULL AND k.table_name NOT IN (:ignored)
ORDER BY k.table_name, k.constraint_name, k.ordinal_position
