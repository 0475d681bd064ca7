-- Functions and procedures, a row for each parameter and one for what a function returns (at place 0).
SELECT r.routine_name, r.routine_type, IF(p.ordinal_position = 0, 'returns', NULL), p.dtd_identifier
FROM information_schema.routines r
LEFT JOIN information_schema.parameters p
  ON p.specific_schema = r.routine_schema AND p.specific_name = r.specific_name AND p.routine_type = r.routine_type
  AND (p.parameter_mode IS NULL OR p.parameter_mode <> 'OUT')
WHERE r.routine_schema = DATABASE() AND r.routine_type IN ('FUNCTION', 'PROCEDURE')
ORDER BY r.routine_name, r.routine_type, p.ordinal_position
