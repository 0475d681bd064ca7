-- create users
--
-- Revision ID: 3f9a1c2b7d4e

-- migrate:upgrade
CREATE TABLE users (
    id   BIGINT PRIMARY KEY,
    name VARCHAR(100) NOT NULL
);

-- migrate:downgrade
DROP TABLE users;
