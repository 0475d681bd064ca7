-- count once
--
-- Revision ID: 8b2d0e4f6a1c
-- Revises: 3f9a1c2b7d4e

-- migrate:upgrade
DROP FUNCTION twice;

-- migrate:downgrade
CREATE FUNCTION twice(number INT) RETURNS INT LANGUAGE sql AS 'SELECT number * 2';
