migrate::embed_migrations!(pub mod migrations in "typed");
migrate::embed_migrations!(pub mod other in "other");

fn up<C: migrate::MigrateConnection>(connection: &mut C) {
    let _ = migrations::MIGRATIONS.upgrade(connection, other::OtherThing);
}

fn main() {}
