-- Primary keys, uniques and indexes of MariaDB.
SELECT CONCAT(CASE WHEN s.index_name = 'PRIMARY' THEN 'primary key ' WHEN s.non_unique = 0 THEN 'unique ' ELSE 'index ' END,
              s.table_name, IF(s.index_name = 'PRIMARY', '', CONCAT('.', s.index_name))) AS object,
       CONCAT_WS(' ',
         IF(s.seq_in_index = 1,
            CONCAT_WS(' ', LOWER(s.index_type),
                      CONCAT('comment ', NULLIF(s.index_comment, '')), 'on'),
            NULL),
         s.column_name,
         CONCAT('(', s.sub_part, ')'),
         IF(s.collation = 'D', 'desc', NULL)) AS definition,
       NULL AS code
FROM information_schema.statistics s
WHERE s.table_schema = DATABASE() AND s.table_name NOT IN (:ignored)
ORDER BY s.table_name, s.index_name, s.seq_in_index
