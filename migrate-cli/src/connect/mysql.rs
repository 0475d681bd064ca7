//! MySQL and MariaDB: mysql_async with rustls.

use std::time::Duration;

use diesel_async::AsyncMysqlConnection;
use mysql_async::{Conn, DriverError, Error, IoError, Opts, OptsBuilder, SslOpts};

use super::{Connector, Refusal, tls};
use crate::url::{Host, Server, Tls};

type Wrapped = super::AsyncConnectionWrapper<AsyncMysqlConnection, super::Shared>;

pub(super) fn connect(
    server: &Server,
    connector: &Connector<'_>,
    limit: Duration,
) -> Result<Wrapped, Refusal> {
    // mysql_async takes the process's provider; another part of an application's binary may have chosen one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let default_host = [Host::Tcp { name: "localhost".to_owned(), port: None }];
    let hosts = if server.hosts.is_empty() { &default_host[..] } else { &server.hosts };
    let limit = server.connect_timeout.unwrap_or(limit);
    connector.block_on(limit, async {
        let mut refused = Refusal::lasting("the database URL names no host");
        for host in hosts {
            match connect_host(server, host).await {
                Ok(connection) => return Ok(connection),
                Err(refusal) => refused = refusal,
            }
        }
        Err(refused)
    })
}

async fn connect_host(server: &Server, host: &Host) -> Result<Wrapped, Refusal> {
    let local = matches!(host, Host::Socket { .. });
    let mode = if local { Tls::Disable } else { tls::effective_mode(server) };
    let ssl = if mode == Tls::Disable { None } else { Some(ssl_opts(server, mode)?) };
    let connection = match Conn::new(opts(server, host, ssl)).await {
        Err(Error::Driver(DriverError::NoClientSslFlagFromServer)) if mode == Tls::Prefer => {
            Conn::new(opts(server, host, None)).await
        }
        result => result,
    };
    let connection = connection.map_err(|error| refusal(&error))?;
    let connection = AsyncMysqlConnection::try_from(connection).await;
    connection.map(Wrapped::from).map_err(|error| Refusal::transient(error.to_string()))
}

fn opts(server: &Server, host: &Host, ssl: Option<SslOpts>) -> Opts {
    let builder = OptsBuilder::default()
        .user(server.user.clone())
        .pass(server.password.as_ref().map(|password| password.reveal().to_owned()))
        .db_name(server.database.clone())
        .ssl_opts(ssl)
        .prefer_socket(false)
        .init(server.init_command.iter().cloned().collect())
        // diesel has its own cache, and counts the rows that a statement matched, not those it changed.
        .stmt_cache_size(0)
        .client_found_rows(true);
    match host {
        Host::Tcp { name, port } => builder.ip_or_hostname(name.clone()).tcp_port(port.unwrap_or(3306)),
        Host::Socket { path, .. } => builder.socket(Some(path.to_string_lossy().into_owned())),
    }
    .into()
}

fn ssl_opts(server: &Server, mode: Tls) -> Result<SslOpts, Refusal> {
    let options = SslOpts::default()
        .with_danger_accept_invalid_certs(matches!(mode, Tls::Prefer | Tls::Require))
        .with_danger_skip_domain_validation(mode != Tls::VerifyFull);
    if !matches!(mode, Tls::VerifyCa | Tls::VerifyFull) {
        return Ok(options);
    }
    let roots = tls::root_certificates(server)?;
    let roots = roots.into_iter().map(|certificate| certificate.to_vec().into()).collect();
    Ok(options.with_root_certs(roots).with_disable_built_in_roots(server.root_certificates.is_some()))
}

fn refusal(error: &Error) -> Refusal {
    match error {
        Error::Server(server) => {
            let message = format!("{} (error {})", server.message, server.code);
            match server.code {
                // Too many connections in all, of this user; shutting down.
                1040 | 1203 | 1226 | 1053 | 1927 => Refusal::transient(message),
                1049 => Refusal::lasting(message).help("create the database first: `CREATE DATABASE <name>`"),
                1045 | 1698 => Refusal::lasting(message).help("check user and password of the database URL"),
                _ => Refusal::lasting(message),
            }
        }
        Error::Io(IoError::Io(error)) => Refusal::io(error),
        Error::Io(IoError::Tls(error)) => Refusal::lasting(format!("TLS: {error}")),
        Error::Driver(DriverError::NoClientSslFlagFromServer) => {
            Refusal::lasting("the server does not support TLS").help("`sslmode=prefer` does without it")
        }
        Error::Driver(DriverError::ConnectionClosed) => Refusal::transient(error.to_string()),
        _ => Refusal::lasting(error.to_string()),
    }
}
