-- Constraints of tables and domains, in the order in which they were made. NOT NULL, which has names since PostgreSQL 18, is
-- told with its column, and the triggers of foreign keys to partitions' parts are nobody's business.
SELECT k.conrelid, k.contypid, k.contype::text, k.conname, k.conkey::text,
       CASE WHEN fn.nspname ~ '^pg_temp_' THEN 'pg_temp' ELSE fn.nspname END, f.relname,
       k.confrelid, k.confkey::text,
       k.confdeltype::text, k.confupdtype::text,
       CASE WHEN k.confdeltype IN ('n', 'd') THEN ((to_jsonb(k) ->> 'confdelsetcols')::int2[])::text END,
       k.confmatchtype = 'f',
       CASE k.contype WHEN 'c' THEN pg_get_expr(k.conbin, k.conrelid)
                      WHEN 'x' THEN pg_get_constraintdef(k.oid) END,
       k.connoinherit, k.condeferrable, k.condeferred, k.convalidated,
       k.conislocal AND k.conparentid = 0,
       -- PostgreSQL 15 has it, as it has `confdelsetcols`.
       CASE k.contype WHEN 'u' THEN
         (SELECT to_jsonb(x) ->> 'indnullsnotdistinct' FROM pg_index x WHERE x.indexrelid = k.conindid) END,
       d.description
FROM pg_constraint k
LEFT JOIN pg_class c ON c.oid = k.conrelid
LEFT JOIN pg_type t ON t.oid = k.contypid
LEFT JOIN pg_class f ON f.oid = k.confrelid
LEFT JOIN pg_namespace fn ON fn.oid = f.relnamespace
JOIN pg_namespace n ON n.oid = k.connamespace
LEFT JOIN pg_description d ON d.objoid = k.oid AND d.classoid = 'pg_constraint'::regclass AND d.objsubid = 0
WHERE :visible IS NOT NULL AND k.contype IN ('p', 'u', 'f', 'c', 'x')
  -- The parts of a foreign key that leads to a divided table.
  AND NOT EXISTS (SELECT FROM pg_constraint whole WHERE whole.oid = k.conparentid AND whole.conrelid = k.conrelid)
ORDER BY k.oid
