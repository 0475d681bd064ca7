-- Indexes, those of constraints too, in the order in which they were made.
SELECT x.indrelid, i.relname, pg_get_indexdef(i.oid),
       (SELECT k.conname FROM pg_constraint k
        WHERE k.conindid = i.oid AND k.conrelid = x.indrelid AND k.contype IN ('p', 'u', 'x') LIMIT 1),
       obj_description(i.oid, 'pg_class')
FROM pg_index x
JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_namespace n ON n.oid = i.relnamespace
WHERE :visible IS NOT NULL
ORDER BY i.oid
