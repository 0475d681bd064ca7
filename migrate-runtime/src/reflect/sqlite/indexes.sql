-- The keys of every index, one row each. `origin` is `c` for CREATE INDEX, `u` for UNIQUE and `pk` for PRIMARY KEY; a key
-- without a name is an expression.
SELECT m.name, i.name, CAST(i."unique" AS TEXT), i.origin, c.name, CAST(c."desc" AS TEXT), CAST(i.partial AS TEXT)
FROM main.sqlite_master m
JOIN pragma_index_list(m.name, 'main') i
JOIN pragma_index_xinfo(i.name, 'main') c
WHERE m.type = 'table' AND c.key = 1
  AND m.name NOT LIKE 'sqlite\_%' ESCAPE '\' AND m.name NOT IN (:ignored)
ORDER BY m.rowid, i.seq DESC, c.seqno
