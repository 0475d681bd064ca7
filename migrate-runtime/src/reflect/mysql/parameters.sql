-- What functions and procedures are given, in order, and what functions return (at place 0).
SELECT p.specific_name, p.routine_type, IF(p.ordinal_position = 0, 'returns', NULL), p.dtd_identifier
FROM information_schema.parameters p
WHERE p.specific_schema = DATABASE() AND (p.parameter_mode IS NULL OR p.parameter_mode <> 'OUT')
ORDER BY p.specific_name, p.routine_type, p.ordinal_position
