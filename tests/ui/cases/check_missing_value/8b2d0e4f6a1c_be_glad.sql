-- be glad
--
-- Revision ID: 8b2d0e4f6a1c
-- Revises: 3f9a1c2b7d4e

-- migrate:upgrade
ALTER TYPE mood RENAME VALUE 'happy' TO 'glad';

-- migrate:downgrade
