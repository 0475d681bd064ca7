-- Foreign keys, a row for each column.
SELECT k.table_name, k.constraint_name, k.column_name,
       IF(k.referenced_table_schema = DATABASE(), '', k.referenced_table_schema), k.referenced_table_name,
       k.referenced_column_name, r.update_rule, r.delete_rule
FROM information_schema.key_column_usage k
JOIN information_schema.referential_constraints r
  ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name AND r.table_name = k.table_name
WHERE k.table_schema = DATABASE() AND r.constraint_schema = DATABASE() AND k.referenced_table_name IS NOT NULL
  AND k.table_name NOT IN (:ignored)
ORDER BY k.table_name, k.constraint_name, k.ordinal_position
