-- one
--
-- Revision ID: one
-- Revises: <base>

-- migrate:upgrade
SELECT 1;

-- migrate:downgrade
SELECT 1;
