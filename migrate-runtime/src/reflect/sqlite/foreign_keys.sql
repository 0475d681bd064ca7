-- Foreign keys, one row per column. SQLite numbers the keys of a table from the last one to the first.
SELECT m.name, CAST(k.id AS TEXT), k."table", k."from", k."to", k.on_update, k.on_delete
FROM main.sqlite_master m
JOIN pragma_foreign_key_list(m.name, 'main') k
WHERE m.type = 'table'
  AND m.name NOT LIKE 'sqlite\_%' ESCAPE '\' AND m.name NOT IN (:ignored)
ORDER BY m.rowid, k.id DESC, k.seq
