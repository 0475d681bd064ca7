-- Triggers. `action_order` counts among the triggers of the same table, event and timing.
SELECT CONCAT('trigger ', t.trigger_name) AS object,
       CONCAT(LOWER(t.action_timing), ' ', LOWER(t.event_manipulation), ' on ', t.event_object_table,
              ' order ', t.action_order) AS definition,
       t.action_statement AS code
FROM information_schema.triggers t
WHERE t.trigger_schema = DATABASE() AND t.event_object_table NOT IN (:ignored)
