-- require comment state
--
-- Every release that still runs names the state, so a comment without one is a mistake and should fail.
--
-- SQLite cannot change a column, so the table is written anew. No other table refers to `comments`, so dropping the
-- old one takes nothing with it, with foreign keys switched on or off.
--
-- Revision ID: 6a1ffd682c01
-- Revises: 6a0c8f5f1332
-- Create Date: 2026-06-03 10:09:44 UTC

-- migrate:upgrade
ALTER TABLE comments ALTER COLUMN state DROP DEFAULT;

-- migrate:upgrade sqlite
CREATE TABLE comments_new (
    id         BLOB NOT NULL PRIMARY KEY,
    article_id BLOB NOT NULL,
    author_id  BLOB NOT NULL,
    body       TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    state      VARCHAR(16) NOT NULL,
    CONSTRAINT comments_article_id_fkey FOREIGN KEY (article_id) REFERENCES articles (id) ON DELETE CASCADE,
    CONSTRAINT comments_author_id_fkey FOREIGN KEY (author_id) REFERENCES users (id) ON DELETE CASCADE
);

INSERT INTO comments_new (id, article_id, author_id, body, created_at, state)
SELECT id, article_id, author_id, body, created_at, state FROM comments;

DROP TABLE comments;
ALTER TABLE comments_new RENAME TO comments;

CREATE INDEX comments_article_id_created_at_idx ON comments (article_id, created_at);
CREATE INDEX comments_author_id_idx ON comments (author_id);

-- migrate:downgrade
ALTER TABLE comments ALTER COLUMN state SET DEFAULT 'visible';

-- migrate:downgrade sqlite
CREATE TABLE comments_new (
    id         BLOB NOT NULL PRIMARY KEY,
    article_id BLOB NOT NULL,
    author_id  BLOB NOT NULL,
    body       TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
    state      VARCHAR(16) NOT NULL DEFAULT 'visible',
    CONSTRAINT comments_article_id_fkey FOREIGN KEY (article_id) REFERENCES articles (id) ON DELETE CASCADE,
    CONSTRAINT comments_author_id_fkey FOREIGN KEY (author_id) REFERENCES users (id) ON DELETE CASCADE
);

INSERT INTO comments_new (id, article_id, author_id, body, created_at, state)
SELECT id, article_id, author_id, body, created_at, state FROM comments;

DROP TABLE comments;
ALTER TABLE comments_new RENAME TO comments;

CREATE INDEX comments_article_id_created_at_idx ON comments (article_id, created_at);
CREATE INDEX comments_author_id_idx ON comments (author_id);
