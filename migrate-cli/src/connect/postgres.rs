//! PostgreSQL: tokio-postgres with rustls, and libpq's variables where the URL says nothing.

use std::error::Error as _;
use std::future::poll_fn;
use std::path::{Path, PathBuf};
use std::time::Duration;

use diesel_async::AsyncPgConnection;
use tokio_postgres::config::{SslMode, TargetSessionAttrs};
use tokio_postgres::error::SqlState;
use tokio_postgres::{AsyncMessage, Config, Connection};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{Connector, OnNotice, Refusal, tls};
use crate::environment::Environment;
use crate::url::{Host, Server, Tls};

type Wrapped = super::AsyncConnectionWrapper<AsyncPgConnection, super::Shared>;

pub(super) fn connect(
    server: &Server,
    connector: &Connector<'_>,
    limit: Duration,
) -> Result<Wrapped, Refusal> {
    let server = with_libpq_variables(server.clone(), connector.environment)?;
    let config = config(&server, connector.environment);
    let tls = MakeRustlsConnect::new(tls::client_config(&server)?);
    let limit = server.connect_timeout.unwrap_or(limit);
    connector.block_on(limit, async {
        let (client, connection) = config.connect(tls).await.map_err(|error| refusal(&error))?;
        tokio::spawn(drive(connection, connector.on_notice.clone()));
        let connection = AsyncPgConnection::try_from(client).await;
        // The wrapper takes the runtime on which it is made for the one that drives it.
        connection.map(Wrapped::from).map_err(|error| Refusal::transient(error.to_string()))
    })
}

/// Moves the connection's messages, and hands on what the server says on its own account.
async fn drive<S, T>(mut connection: Connection<S, T>, on_notice: OnNotice)
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
    T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    // An error ends the connection; whoever waits for an answer is told.
    while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
        if let AsyncMessage::Notice(notice) = message {
            on_notice(notice.severity(), notice.message());
        }
    }
}

/// Fills in what the URL leaves open from `PGHOST` and so on.
fn with_libpq_variables(mut server: Server, environment: &Environment) -> Result<Server, Refusal> {
    let get = |name| environment.get(name).map(|variable| variable.value);
    // The variables have the names and the syntax of a connection string, so its parser reads them.
    let mut text = String::from("host=");
    text.push_str(&quoted(&get("PGHOST").unwrap_or_default()));
    for (key, name) in [
        ("port", "PGPORT"),
        ("user", "PGUSER"),
        ("password", "PGPASSWORD"),
        ("dbname", "PGDATABASE"),
        ("sslmode", "PGSSLMODE"),
        ("sslrootcert", "PGSSLROOTCERT"),
        ("sslcert", "PGSSLCERT"),
        ("sslkey", "PGSSLKEY"),
        ("connect_timeout", "PGCONNECT_TIMEOUT"),
        ("application_name", "PGAPPNAME"),
        ("options", "PGOPTIONS"),
    ] {
        if let Some(value) = get(name) {
            text.push_str(&format!(" {key}={}", quoted(&value)));
        }
    }
    let crate::url::Database::Postgres(variables) = crate::url::Database::parse(&text)
        .map_err(|error| Refusal::lasting(format!("the PG… variables: {}", error.message)))?
    else {
        return Ok(server);
    };
    if server.hosts.is_empty() {
        server.hosts = variables.hosts;
    } else if let Some(Host::Tcp { port: Some(default), .. } | Host::Socket { port: Some(default), .. }) =
        variables.hosts.first()
    {
        for host in &mut server.hosts {
            let (Host::Tcp { port, .. } | Host::Socket { port, .. }) = host;
            port.get_or_insert(*default);
        }
    }
    server.user = server.user.or(variables.user);
    server.password = server.password.or(variables.password);
    server.database = server.database.or(variables.database);
    server.tls = server.tls.or(variables.tls);
    server.root_certificates = server.root_certificates.or(variables.root_certificates);
    server.client_certificate = server.client_certificate.or(variables.client_certificate);
    server.client_key = server.client_key.or(variables.client_key);
    server.connect_timeout = server.connect_timeout.or(variables.connect_timeout);
    server.application_name = server.application_name.or(variables.application_name);
    server.options = server.options.or(variables.options);
    Ok(server)
}

fn quoted(value: &str) -> String {
    format!("'{}'", value.replace('\\', "\\\\").replace('\'', "\\'"))
}

fn config(server: &Server, environment: &Environment) -> Config {
    let mut config = Config::new();
    let default_host = [default_host()];
    let hosts = if server.hosts.is_empty() { &default_host[..] } else { &server.hosts };
    for host in hosts {
        let port = match host {
            Host::Tcp { name, port } => {
                config.host(name);
                port
            }
            Host::Socket { path, port } => {
                set_socket(&mut config, path);
                port
            }
        };
        config.port(port.unwrap_or(5432));
    }
    let login = ["USER", "LOGNAME", "USERNAME"].iter().find_map(|name| environment.get(name));
    let user =
        server.user.clone().or(login.map(|variable| variable.value)).unwrap_or_else(|| "postgres".to_owned());
    config.dbname(server.database.as_ref().unwrap_or(&user));
    config.user(user);
    if let Some(password) = &server.password {
        config.password(password.reveal());
    }
    if let Some(options) = &server.options {
        config.options(options);
    }
    if server.read_write {
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
    }
    config.application_name(server.application_name.as_deref().unwrap_or("migrate"));
    config.keepalives_idle(Duration::from_secs(60));
    let local = hosts.iter().all(|host| matches!(host, Host::Socket { .. }));
    config.ssl_mode(match tls::effective_mode(server) {
        // As in libpq, a socket of this machine needs none.
        _ if local => SslMode::Disable,
        Tls::Disable => SslMode::Disable,
        Tls::Prefer => SslMode::Prefer,
        Tls::Require | Tls::VerifyCa | Tls::VerifyFull => SslMode::Require,
    });
    config
}

#[cfg(unix)]
fn set_socket(config: &mut Config, path: &Path) {
    config.host_path(path);
}

#[cfg(not(unix))]
fn set_socket(config: &mut Config, path: &Path) {
    config.host(path.to_string_lossy());
}

/// Where a server without a named host is looked for: its socket if it is there, else this machine.
fn default_host() -> Host {
    let folders = ["/var/run/postgresql", "/tmp"].map(PathBuf::from);
    match folders.into_iter().find(|folder| folder.join(".s.PGSQL.5432").exists()) {
        Some(path) => Host::Socket { path, port: None },
        None => Host::Tcp { name: "localhost".to_owned(), port: None },
    }
}

fn refusal(error: &tokio_postgres::Error) -> Refusal {
    if let Some(database) = error.as_db_error() {
        let message = format!("{} (SQLSTATE {})", database.message(), database.code().code());
        // Starting up, shutting down, full; class 08 is what poolers answer when the server behind them is not there.
        let transient = [
            SqlState::CANNOT_CONNECT_NOW,
            SqlState::ADMIN_SHUTDOWN,
            SqlState::CRASH_SHUTDOWN,
            SqlState::TOO_MANY_CONNECTIONS,
        ]
        .contains(database.code())
            || database.code().code().starts_with("08");
        if transient {
            return Refusal::transient(message);
        }
        let refusal = Refusal::lasting(message);
        return match database.code() {
            &SqlState::INVALID_CATALOG_NAME => refusal.help("create the database first: `createdb <name>`"),
            &SqlState::INVALID_PASSWORD | &SqlState::INVALID_AUTHORIZATION_SPECIFICATION => {
                refusal.help("check user and password of the database URL")
            }
            _ => refusal,
        };
    }
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(tls) = cause.downcast_ref::<rustls::Error>() {
            return Refusal::lasting(format!("TLS: {tls}"));
        }
        if let Some(io) = cause.downcast_ref::<std::io::Error>() {
            if let Some(tls) = io.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
                return Refusal::lasting(format!("TLS: {tls}"));
            }
            return Refusal::io(io);
        }
        source = cause.source();
    }
    let message = match error.source() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    };
    if error.is_closed() {
        return Refusal::transient(message);
    }
    let refusal = Refusal::lasting(message);
    match refusal.message.contains("password missing") {
        true => refusal.help("put the password into the database URL or into `PGPASSWORD`"),
        false => refusal,
    }
}
