//! The chain in refinery.

refinery::embed_migrations!("chain");
