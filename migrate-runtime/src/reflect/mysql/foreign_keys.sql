-- Foreign keys; their columns are asked for apart, because MariaDB joins tables of `information_schema` row by row.
SELECT r.table_name, r.constraint_name, r.update_rule, r.delete_rule
FROM information_schema.referential_constraints r
WHERE r.constraint_schema = DATABASE() AND r.table_name NOT IN (:ignored)
ORDER BY r.table_name, r.constraint_name
