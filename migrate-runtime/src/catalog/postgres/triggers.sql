-- Triggers, rewrite rules and row security policies. Clones that a partition has from its parent are internal.
SELECT 'trigger ' || CASE n.nspname WHEN 'public' THEN '' ELSE quote_ident(n.nspname) || '.' END
         || quote_ident(c.relname) || '.' || quote_ident(g.tgname),
       concat_ws(', ', pg_get_triggerdef(g.oid),
                 CASE g.tgenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'enabled replica' WHEN 'A' THEN 'enabled always' END,
                 'comment ' || quote_literal(obj_description(g.oid, 'pg_trigger'))),
       NULL
FROM pg_trigger g
JOIN pg_class c ON c.oid = g.tgrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT g.tgisinternal
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relname NOT IN (:ignored)
  AND NOT EXISTS (SELECT FROM pg_depend d
                  WHERE (d.classid = 'pg_trigger'::regclass AND d.objid = g.oid AND d.deptype IN ('e', 'P'))
                     OR (d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'))
UNION ALL
SELECT 'rule ' || CASE n.nspname WHEN 'public' THEN '' ELSE quote_ident(n.nspname) || '.' END
         || quote_ident(c.relname) || '.' || quote_ident(r.rulename),
       concat_ws(', ', CASE r.ev_enabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'enabled replica' WHEN 'A' THEN 'enabled always'
                                         ELSE 'enabled' END,
                 'comment ' || quote_literal(obj_description(r.oid, 'pg_rewrite'))),
       pg_get_ruledef(r.oid)
FROM pg_rewrite r
JOIN pg_class c ON c.oid = r.ev_class
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE r.rulename <> '_RETURN'
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relname NOT IN (:ignored)
  AND NOT EXISTS (SELECT FROM pg_depend d
                  WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
UNION ALL
SELECT 'policy ' || CASE n.nspname WHEN 'public' THEN '' ELSE quote_ident(n.nspname) || '.' END
         || quote_ident(c.relname) || '.' || quote_ident(p.polname),
       concat_ws(' ', CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END,
                 'for ' || CASE p.polcmd WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update'
                                         WHEN 'd' THEN 'delete' ELSE 'all' END,
                 'to ' || (SELECT string_agg(CASE role WHEN 0 THEN 'public' ELSE role::regrole::text END, ', '
                                             ORDER BY role::regrole::text)
                           FROM unnest(p.polroles) role),
                 'using (' || pg_get_expr(p.polqual, p.polrelid) || ')',
                 'with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')',
                 'comment ' || quote_literal(obj_description(p.oid, 'pg_policy'))),
       NULL
FROM pg_policy p
JOIN pg_class c ON c.oid = p.polrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND c.relname NOT IN (:ignored)
