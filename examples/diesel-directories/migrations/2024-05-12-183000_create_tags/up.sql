CREATE TABLE tags (
    post_id INTEGER NOT NULL REFERENCES posts (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    PRIMARY KEY (post_id, name)
);
