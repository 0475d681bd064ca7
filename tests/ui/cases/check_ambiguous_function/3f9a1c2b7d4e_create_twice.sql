-- create twice
--
-- Revision ID: 3f9a1c2b7d4e

-- migrate:upgrade
CREATE FUNCTION twice(number INT) RETURNS INT LANGUAGE sql AS 'SELECT number * 2';
CREATE FUNCTION twice(number BIGINT) RETURNS BIGINT LANGUAGE sql AS 'SELECT number * 2';

-- migrate:downgrade
DROP FUNCTION twice(INT);
DROP FUNCTION twice(BIGINT);
