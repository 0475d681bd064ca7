-- Checks of MySQL 8.
SELECT t.table_name, t.constraint_name, c.check_clause, 'table'
FROM information_schema.table_constraints t
JOIN information_schema.check_constraints c
  ON c.constraint_schema = t.constraint_schema AND c.constraint_name = t.constraint_name
WHERE t.constraint_schema = DATABASE() AND t.constraint_type = 'CHECK' AND t.table_name NOT IN (:ignored)
