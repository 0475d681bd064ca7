-- What views are of. Their texts have the name of the database in them, which a copy under another name has not.
SELECT v.table_name, REPLACE(v.view_definition, CONCAT('`', DATABASE(), '`.'), ''), v.check_option, v.security_type
FROM information_schema.views v
WHERE v.table_schema = DATABASE() AND v.table_name NOT IN (:ignored)
