-- create users
--
-- Keys are UUIDs that the application makes (version 7, so that they grow with time). SQLite and MySQL keep them as 16
-- bytes. E-mail addresses are compared byte for byte on every database.
--
-- Revision ID: 69a554fda5cd
-- Create Date: 2026-03-02 09:14:37 UTC

-- migrate:upgrade postgres
CREATE TABLE users (
    id         UUID PRIMARY KEY,
    email      VARCHAR(320) NOT NULL,
    name       TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE UNIQUE INDEX users_email_key ON users (email);

-- migrate:upgrade mysql
CREATE TABLE users (
    id         BINARY(16) NOT NULL PRIMARY KEY,
    email      VARCHAR(320) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    name       TEXT NOT NULL,
    created_at TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
    UNIQUE KEY users_email_key (email)
);

-- migrate:upgrade sqlite
CREATE TABLE users (
    id         BLOB NOT NULL PRIMARY KEY,
    email      VARCHAR(320) NOT NULL,
    name       TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE UNIQUE INDEX users_email_key ON users (email);

-- migrate:downgrade
DROP TABLE users;
