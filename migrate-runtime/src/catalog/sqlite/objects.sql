-- Everything that has a text: tables, indexes, views and triggers, in the order of creation.
SELECT m.type, m.name, m.tbl_name, m.sql
FROM main.sqlite_master m
WHERE m.name NOT LIKE 'sqlite\_%' ESCAPE '\' AND m.tbl_name NOT IN (:ignored) AND m.sql IS NOT NULL
ORDER BY m.rowid
