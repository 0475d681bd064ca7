-- Functions and procedures.
SELECT r.routine_name, r.routine_type
FROM information_schema.routines r
WHERE r.routine_schema = DATABASE() AND r.routine_type IN ('FUNCTION', 'PROCEDURE')
ORDER BY r.routine_name, r.routine_type
