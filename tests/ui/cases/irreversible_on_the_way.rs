migrate::embed_migrations!(pub mod migrations in "typed");

fn down<C: migrate::MigrateConnection>(connection: &mut C) {
    let _ = migrations::MIGRATIONS.downgrade(connection, migrations::CreateUsers);
}

fn main() {}
