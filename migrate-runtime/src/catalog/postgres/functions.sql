-- Functions, procedures and aggregates. A body in SQL or PL/pgSQL is compared token by token, others as they are.
SELECT CASE p.prokind WHEN 'p' THEN 'procedure ' WHEN 'a' THEN 'aggregate ' ELSE 'function ' END
         || CASE n.nspname WHEN 'public' THEN '' ELSE quote_ident(n.nspname) || '.' END
         || quote_ident(p.proname) || '(' || pg_get_function_identity_arguments(p.oid) || ')',
       concat_ws(', ',
         '(' || pg_get_function_arguments(p.oid) || ')',
         'returns ' || pg_get_function_result(p.oid),
         'language ' || CASE WHEN p.prokind <> 'a' THEN l.lanname END,
         CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' END,
         CASE WHEN p.proisstrict THEN 'strict' END,
         CASE WHEN p.prosecdef THEN 'security definer' END,
         CASE WHEN p.proleakproof THEN 'leakproof' END,
         CASE WHEN p.prokind = 'w' THEN 'window' END,
         CASE p.proparallel WHEN 's' THEN 'parallel safe' WHEN 'r' THEN 'parallel restricted' END,
         CASE WHEN p.procost <> (CASE WHEN l.lanname IN ('c', 'internal') THEN 1 ELSE 100 END) THEN 'cost ' || p.procost END,
         CASE WHEN p.prorows <> (CASE WHEN p.proretset THEN 1000 ELSE 0 END) THEN 'rows ' || p.prorows END,
         'set ' || array_to_string(p.proconfig, ', '),
         CASE WHEN p.prokind <> 'a' AND l.lanname NOT IN ('sql', 'plpgsql') THEN p.prosrc END,
         (SELECT concat_ws(' ', 'sfunc', g.aggtransfn::text, 'stype', format_type(g.aggtranstype, NULL),
                           'finalfunc ' || nullif(g.aggfinalfn::text, '-'),
                           'combinefunc ' || nullif(g.aggcombinefn::text, '-'),
                           'initcond ' || quote_literal(g.agginitval))
          FROM pg_aggregate g WHERE g.aggfnoid = p.oid),
         'comment ' || quote_literal(obj_description(p.oid, 'pg_proc'))),
       CASE WHEN p.prokind <> 'a' AND l.lanname IN ('sql', 'plpgsql') THEN
         -- A body in BEGIN ATOMIC form is kept as a tree, and prosrc is empty.
         coalesce(nullif(p.prosrc, ''), pg_get_functiondef(p.oid)) END
FROM pg_proc p
JOIN pg_namespace n ON n.oid = p.pronamespace
JOIN pg_language l ON l.oid = p.prolang
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend d
                  WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype IN ('e', 'i'))
