-- Checks of MariaDB; those of columns are called like the column.
SELECT c.table_name, c.constraint_name, c.check_clause, LOWER(c.level)
FROM information_schema.check_constraints c
WHERE c.constraint_schema = DATABASE() AND c.table_name NOT IN (:ignored)
