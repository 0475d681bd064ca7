-- create users
--
-- Revision ID: 3f9a1c2b7d4e

-- migrate:upgrade postgres
CREATE TABLE users (
    id    BIGINT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE
);

-- migrate:upgrade sqlite
CREATE TABLE users (
    id    INTEGER PRIMARY KEY,
    email TEXT NOT NULL,
    name  TEXT
);

-- migrate:downgrade
DROP TABLE users;
