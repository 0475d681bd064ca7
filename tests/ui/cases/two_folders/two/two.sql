-- two
--
-- Revision ID: two
-- Revises: one

-- migrate:upgrade
SELECT 1;

-- migrate:downgrade
SELECT 1;
