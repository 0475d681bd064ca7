-- Indexes, those of constraints too, in the order in which they were made. To print a definition costs the server more than all the
-- rest, so it is asked for only where there is more to say than which columns: `indkey` are those, and `indcollation` is 100 for
-- "default".
WITH btree AS MATERIALIZED (
  SELECT am.oid, ARRAY(SELECT o.oid FROM pg_opclass o WHERE o.opcmethod = am.oid AND o.opcdefault AND o.oid < 16384) AS classes
  FROM pg_am am WHERE am.amname = 'btree'
)
SELECT x.indrelid, i.relname, x.indisunique,
       CASE WHEN said.is_plain THEN x.indkey::text END, x.indcollation::text,
       CASE WHEN NOT said.is_plain THEN pg_get_indexdef(i.oid) END,
       k.conname, d.description, i.reloptions::text
FROM pg_index x
JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_namespace n ON n.oid = i.relnamespace
CROSS JOIN btree
CROSS JOIN LATERAL (SELECT
  i.relam = btree.oid AND x.indexprs IS NULL AND x.indpred IS NULL AND x.indnatts = x.indnkeyatts
  AND x.indoption::text !~ '[1-9]' AND x.indclass::oid[] <@ btree.classes AND x.indcollation::oid[] <@ '{0,100}'::oid[]
  AND NOT (x.indisunique AND NOT x.indisprimary AND coalesce(to_jsonb(x) ->> 'indnullsnotdistinct', 'false')::boolean)
    AS is_plain
) said
LEFT JOIN pg_constraint k ON k.conindid = i.oid AND k.conrelid = x.indrelid AND k.contype IN ('p', 'u', 'x')
LEFT JOIN pg_description d ON d.objoid = i.oid AND d.classoid = 'pg_class'::regclass AND d.objsubid = 0
WHERE :visible IS NOT NULL
ORDER BY i.oid
