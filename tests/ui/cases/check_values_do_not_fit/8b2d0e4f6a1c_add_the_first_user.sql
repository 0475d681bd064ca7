-- add the first user
--
-- Revision ID: 8b2d0e4f6a1c
-- Revises: 3f9a1c2b7d4e

-- migrate:upgrade
INSERT INTO users (id, name) VALUES (1, 'root', 'root@example.org');

-- migrate:downgrade
DELETE FROM users;
