-- Checks of MySQL 8, whose names are unique within a database.
SELECT CONCAT('check ', t.table_name, '.', t.constraint_name) AS object,
       IF(t.enforced = 'NO', 'not enforced', 'enforced') AS definition,
       c.check_clause AS code
FROM information_schema.table_constraints t
JOIN information_schema.check_constraints c
  ON c.constraint_schema = t.constraint_schema AND c.constraint_name = t.constraint_name
WHERE t.constraint_schema = DATABASE() AND t.constraint_type = 'CHECK' AND t.table_name NOT IN (:ignored)
