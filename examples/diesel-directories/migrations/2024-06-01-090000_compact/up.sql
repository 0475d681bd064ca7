-- `VACUUM` does not run in a transaction; metadata.toml says so.
VACUUM;
