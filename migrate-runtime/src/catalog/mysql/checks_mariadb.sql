-- Checks of MariaDB, whose names are unique within a table.
SELECT CONCAT('check ', c.table_name, '.', c.constraint_name) AS object, LOWER(c.level) AS definition,
       c.check_clause AS code
FROM information_schema.check_constraints c
WHERE c.constraint_schema = DATABASE() AND c.table_name NOT IN (:ignored)
