-- Foreign keys with their actions and columns. MariaDB joins tables of `information_schema` row by row, so they are not joined.
SELECT object, definition, code
FROM (
  SELECT CONCAT('foreign key ', r.table_name, '.', r.constraint_name) AS object,
         CONCAT('on update ', LOWER(r.update_rule), ' on delete ', LOWER(r.delete_rule)) AS definition,
         NULL AS code, 0 AS part
  FROM information_schema.referential_constraints r
  WHERE r.constraint_schema = DATABASE() AND r.table_name NOT IN (:ignored)
  UNION ALL
  SELECT CONCAT('foreign key ', k.table_name, '.', k.constraint_name),
         CONCAT(k.column_name, ' references ',
                IF(k.referenced_table_schema = DATABASE(), '', CONCAT(k.referenced_table_schema, '.')),
                k.referenced_table_name, '.', k.referenced_column_name),
         NULL, k.ordinal_position
  FROM information_schema.key_column_usage k
  WHERE k.table_schema = DATABASE() AND k.referenced_table_name IS NOT NULL AND k.table_name NOT IN (:ignored)
) facts
ORDER BY object, part
