-- the users
--
-- Revision ID: 8b2d0e4f6a1d
-- Revises: <base>
-- Replaces: 3f9a1c2b7d4e, 8b2d0e4f6a1c
-- Replaced Digests: postgres 5555555555555555555555555555555555555555555555555555555555555555 ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc

-- migrate:upgrade
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);

-- migrate:downgrade
DROP TABLE users;
