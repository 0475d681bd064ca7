-- create twice
--
-- Revision ID: 3f9a1c2b7d4e

-- migrate:upgrade
CREATE FUNCTION twice(n INT) RETURNS INT LANGUAGE sql AS 'SELECT n + n';

-- migrate:downgrade
DROP FUNCTION twice(INT);
