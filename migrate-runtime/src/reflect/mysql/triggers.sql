-- Triggers, in the order in which they run.
SELECT t.event_object_table, t.trigger_name, t.action_timing, t.event_manipulation, t.action_statement
FROM information_schema.triggers t
WHERE t.trigger_schema = DATABASE() AND t.event_object_table NOT IN (:ignored)
ORDER BY t.event_object_table, t.action_timing, t.event_manipulation, t.action_order
