-- create users

-- migrate:upgrade
CREATE TABLE users (id INTEGER);

-- migrate:downgrade
DROP TABLE users;
