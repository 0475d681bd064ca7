-- The key columns of every index, one row each. `origin` is `c` for CREATE INDEX, `u` for UNIQUE and `pk` for PRIMARY
-- KEY; a column without a name is an expression (or the rowid).
SELECT m.name, i.name, CAST(i."unique" AS TEXT), i.origin, c.name, CAST(c."desc" AS TEXT), c.coll
FROM main.sqlite_master m
JOIN pragma_index_list(m.name, 'main') i
JOIN pragma_index_xinfo(i.name, 'main') c
WHERE m.type = 'table' AND m.sql NOT LIKE 'CREATE VIRTUAL%' AND c.key = 1
  AND m.name NOT LIKE 'sqlite\_%' ESCAPE '\' AND m.name NOT IN (:ignored)
ORDER BY m.name, i.name, c.seqno
