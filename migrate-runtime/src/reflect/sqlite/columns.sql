-- Columns in order. `hidden` is 1 for a virtual table's hidden column, 2 for a computed one, 3 for one computed and stored;
-- `pk` counts within the primary key from 1.
SELECT m.name, c.name, c.type, CAST(c."notnull" AS TEXT), c.dflt_value, CAST(c.pk AS TEXT), CAST(c.hidden AS TEXT)
FROM main.sqlite_master m
JOIN pragma_table_xinfo(m.name, 'main') c
WHERE m.type = 'table' AND c.hidden <> 1
  AND m.name NOT LIKE 'sqlite\_%' ESCAPE '\' AND m.name NOT IN (:ignored)
ORDER BY m.rowid, c.cid
