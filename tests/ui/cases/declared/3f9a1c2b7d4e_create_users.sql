-- create users and posts
--
-- Revision ID: 3f9a1c2b7d4e

-- migrate:upgrade
CREATE TABLE users (
    id   BIGINT PRIMARY KEY,
    name VARCHAR(20)
);
CREATE TABLE posts (
    id     BIGINT PRIMARY KEY,
    author BIGINT NOT NULL
);

-- migrate:downgrade
DROP TABLE posts;
DROP TABLE users;
