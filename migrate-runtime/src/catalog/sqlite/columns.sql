-- Columns. `hidden` is 2 for a virtual and 3 for a stored generated column; `pk` counts within the primary key from 1.
SELECT m.name, c.name, c.type, CAST(c."notnull" AS TEXT), c.dflt_value, CAST(c.pk AS TEXT), CAST(c.hidden AS TEXT)
FROM main.sqlite_master m
JOIN pragma_table_xinfo(m.name, 'main') c
WHERE m.type = 'table' AND m.sql NOT LIKE 'CREATE VIRTUAL%'
  AND m.name NOT LIKE 'sqlite\_%' ESCAPE '\' AND m.name NOT IN (:ignored)
ORDER BY m.name, c.pk, c.cid
