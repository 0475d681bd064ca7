//! A guest book over HTTP. Before it serves, `MIGRATE_AUTO` decides what it does about its database:
//!
//! ```sh
//! export DATABASE_URL=postgres://localhost/guestbook
//! MIGRATE_AUTO=apply cargo run --package own-binary --bin app
//! ```

use std::env;
use std::error::Error;
use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};

use diesel::prelude::*;
use diesel_async::AsyncPgConnection;
use diesel_async::async_connection_wrapper::AsyncConnectionWrapper;

// Needs no libpq. With `diesel::PgConnection` everything below is the same.
type Database = AsyncConnectionWrapper<AsyncPgConnection>;

diesel::table! {
    entries (id) {
        id -> BigInt,
        author -> Text,
        message -> Text,
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut connection = Database::establish(&env::var("DATABASE_URL")?)?;
    migrate::run_on_startup(own_binary::MIGRATIONS, &mut connection)?;

    let address = env::var("LISTEN").unwrap_or_else(|_| "0.0.0.0:8080".to_owned());
    let listener = TcpListener::bind(&address)?;
    println!("serving on {address}");
    for stream in listener.incoming() {
        if let Err(error) = stream.and_then(|stream| answer(stream, &mut connection)) {
            eprintln!("a request failed: {error}");
        }
    }
    Ok(())
}

fn answer(mut stream: TcpStream, connection: &mut Database) -> io::Result<()> {
    let mut request = String::new();
    BufReader::new(&stream).read_line(&mut request)?;
    let (status, body) = match request.split(' ').nth(1) {
        Some("/healthz") => ("200 OK", "ok\n".to_owned()),
        Some("/") => match guest_book(connection) {
            Ok(page) => ("200 OK", page),
            Err(error) => ("503 Service Unavailable", format!("{error}\n")),
        },
        _ => ("404 Not Found", "there is no such page\n".to_owned()),
    };
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn guest_book(connection: &mut Database) -> QueryResult<String> {
    let newest: Vec<(String, String)> = entries::table
        .select((entries::author, entries::message))
        .order(entries::id.desc())
        .limit(50)
        .load(connection)?;
    Ok(newest.iter().map(|(author, message)| format!("{author}: {message}\n")).collect())
}
