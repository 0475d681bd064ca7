migrate::embed_migrations!(pub mod migrations in "typed");

fn up<C: migrate::MigrateConnection>(connection: &mut C) {
    let _ = migrations::MIGRATIONS.upgrade(connection, migrations::AddEmial);
}

fn main() {}
