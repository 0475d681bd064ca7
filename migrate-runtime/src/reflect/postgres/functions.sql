-- Functions, procedures and aggregates, with the types of what they are given, and what is declared of them.
SELECT :visible, p.proname, p.prokind::text,
       (SELECT array_agg(format_type(given.type, NULL) ORDER BY given.place)::text
        FROM unnest(p.proargtypes) WITH ORDINALITY given (type, place)),
       p.pronargdefaults,
       CASE WHEN p.prokind <> 'p' THEN format_type(p.prorettype, NULL) END,
       l.lanname, p.prosrc,
       obj_description(p.oid, 'pg_proc'),
       CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END,
       -- Keys and values by turns. What it costs is the default of its language or not.
       CASE WHEN p.prokind <> 'a' AND p.protrftypes IS NULL THEN
         (ARRAY['language', l.lanname,
                'volatility', CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END,
                'security', CASE WHEN p.prosecdef THEN 'definer' ELSE 'invoker' END,
                'parallel', CASE p.proparallel WHEN 's' THEN 'safe' WHEN 'r' THEN 'restricted' ELSE 'unsafe' END,
                'cost', p.procost::text, 'rows', p.prorows::text]
          || CASE WHEN p.proretset THEN ARRAY['returns', 'set'] ELSE '{}' END
          || CASE WHEN p.proisstrict THEN ARRAY['strict', ''] ELSE '{}' END
          || CASE WHEN p.proleakproof THEN ARRAY['leakproof', ''] ELSE '{}' END
          || CASE WHEN p.prokind = 'w' THEN ARRAY['window', ''] ELSE '{}' END
          || CASE WHEN p.prosupport <> 0 THEN ARRAY['support', p.prosupport::text] ELSE '{}' END
          || coalesce((SELECT array_agg(part ORDER BY place, side)
                       FROM unnest(p.proconfig) WITH ORDINALITY setting (text, place)
                       CROSS JOIN LATERAL (VALUES (1, 'set ' || split_part(text, '=', 1)),
                                                  (2, substr(text, strpos(text, '=') + 1))) parts (side, part)),
                      '{}'))::text
         END,
       CASE WHEN p.prokind <> 'a' THEN pg_get_function_arguments(p.oid) END, pg_get_function_result(p.oid)
FROM pg_proc p
JOIN pg_namespace n ON n.oid = p.pronamespace
JOIN pg_language l ON l.oid = p.prolang
WHERE :visible IS NOT NULL
  AND NOT EXISTS (SELECT FROM pg_depend d
                  WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype IN ('e', 'i'))
ORDER BY p.oid
