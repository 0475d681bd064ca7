-- Everything that has a text, tables before what stands on them; a table's options in words. Tables in which a virtual
-- table keeps its data are that table's business. SQLite goes through the list from its beginning for each row that it is joined
-- with, so it is put aside, where it gets an index.
WITH list AS MATERIALIZED (SELECT name, type, wr, strict FROM pragma_table_list WHERE schema = 'main')
SELECT m.type, m.name,
       CASE WHEN l.wr THEN 'without rowid ' ELSE '' END || CASE WHEN l.strict THEN 'strict' ELSE '' END, m.sql
FROM main.sqlite_master m
LEFT JOIN list l ON l.name = m.name
WHERE m.name NOT LIKE 'sqlite\_%' ESCAPE '\' AND m.tbl_name NOT IN (:ignored) AND m.sql IS NOT NULL
  AND coalesce(l.type, '') <> 'shadow'
ORDER BY CASE m.type WHEN 'table' THEN 0 WHEN 'index' THEN 1 WHEN 'view' THEN 2 ELSE 3 END, m.rowid
