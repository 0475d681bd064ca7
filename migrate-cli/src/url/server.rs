//! Databases behind a server: user, hosts, database, and the settings that the query carries.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use migrate_core::dialect::Dialect;

use super::query::{decode, pairs};
use super::{Secret, UrlError};

/// What a PostgreSQL or MySQL URL says. What it leaves open is none, not a default.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Server {
    pub(crate) user: Option<String>,
    pub(crate) password: Option<Secret>,
    /// To be tried in order.
    pub(crate) hosts: Vec<Host>,
    pub(crate) database: Option<String>,
    pub(crate) tls: Option<Tls>,
    pub(crate) root_certificates: Option<RootCertificates>,
    pub(crate) client_certificate: Option<PathBuf>,
    pub(crate) client_key: Option<PathBuf>,
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) application_name: Option<String>,
    /// PostgreSQL's `options=-c name=value`.
    pub(crate) options: Option<String>,
    /// What a MySQL session begins with: `init_command=SET …`.
    pub(crate) init_command: Option<String>,
    /// PostgreSQL's `target_session_attrs=read-write`.
    pub(crate) read_write: bool,
    /// Query keys that configure some driver and mean nothing here.
    pub(crate) dropped: Vec<String>,
}

/// Where a server listens.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Host {
    Tcp {
        name: String,
        port: Option<u16>,
    },
    /// PostgreSQL: the directory of the socket; MySQL: the socket.
    Socket {
        path: PathBuf,
        port: Option<u16>,
    },
}

/// How much the connection is to be protected, in libpq's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tls {
    Disable,
    /// TLS if the server has it.
    Prefer,
    /// TLS, whoever the server is; with root certificates the same as `VerifyCa`.
    Require,
    /// TLS, and the certificate comes from a known authority.
    VerifyCa,
    /// TLS, and the certificate is one for this host.
    VerifyFull,
}

/// Whose certificates are believed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum RootCertificates {
    /// Those of the operating system: `sslrootcert=system`.
    System,
    /// Those of a PEM file.
    File(PathBuf),
}

const ENCODE: &str = "write `@ : / ? # %` in a user or password as `%40 %3A %2F %3F %23 %25`";

/// Settings of other drivers and of connection pools; harmless to leave out.
const DRIVER_KEYS: &str = "allowPublicKeyRetrieval async_fallback autocommit characterEncoding charset client_encoding collation \
    command_timeout connection_limit fallback_application_name gssencmode keepalives keepalives_count keepalives_idle \
    keepalives_interval krbsrvname load_balance_hosts local_infile loc max_connections max_overflow min_connections \
    multiStatements parseTime pgbouncer pool_size pool_timeout prepareThreshold prepared_statement_cache_size \
    prepared_statement_name_func prepared_statements reWriteBatchedInserts schema server_settings serverTimezone socket_timeout sslaccept \
    sslsni statement-cache-capacity statement_cache_capacity statement_cache_size tcp_user_timeout timeout timezone use_unicode useUnicode";

impl Server {
    /// Reads what follows the scheme's colon.
    pub(super) fn from_url(rest: &str, dialect: Dialect) -> Result<Self, UrlError> {
        let Some(rest) = rest.strip_prefix("//") else {
            return Err(UrlError::new("the database URL has no `//` after its scheme").help(super::FORMS));
        };
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        let (user_info, hosts) = match authority.rsplit_once('@') {
            Some((user_info, hosts)) => (Some(user_info), hosts),
            None => (None, authority),
        };
        let mut server = Self::default();
        if let Some(user_info) = user_info {
            let (user, password) = match user_info.split_once(':') {
                Some((user, password)) => (user, Some(password)),
                None => (user_info, None),
            };
            server.user = Some(decode(user, "the user")?).filter(|user| !user.is_empty());
            server.password = password.map(|text| decode(text, "the password")).transpose()?.map(Secret);
        }
        for host in hosts.split(',').filter(|host| !host.is_empty()) {
            server.hosts.push(parse_host(host)?);
        }
        server.database = Some(decode(path, "the database name")?).filter(|name| !name.is_empty());
        server.apply(pairs(query)?, dialect)?;
        Ok(server)
    }

    /// Reads libpq's `host=… dbname='…'`.
    pub(super) fn from_keywords(text: &str) -> Result<Self, UrlError> {
        let mut server = Self::default();
        server.apply(keyword_pairs(text)?, Dialect::Postgres)?;
        Ok(server)
    }

    fn apply(&mut self, settings: Vec<(String, String)>, dialect: Dialect) -> Result<(), UrlError> {
        let (mut hosts, mut ports) = (None, None);
        for (key, value) in settings {
            let some = || Some(value.clone()).filter(|value| !value.is_empty());
            match key.as_str() {
                "host" | "hostaddr" => hosts = some(),
                "port" => ports = some(),
                "user" | "username" => self.user = some(),
                "password" => self.password = Some(Secret(value)),
                "dbname" | "database" => self.database = some(),
                "sslmode" | "ssl-mode" | "ssl_mode" | "ssl" | "tls" | "useSSL" | "require_ssl" => {
                    self.tls = Some(parse_tls(&key, &value)?);
                }
                "sslrootcert" | "ssl-ca" | "ssl_ca" if value == "system" => {
                    self.root_certificates = Some(RootCertificates::System);
                }
                "sslrootcert" | "ssl-ca" | "ssl_ca" => {
                    self.root_certificates = some().map(|path| RootCertificates::File(path.into()));
                }
                "sslcert" | "ssl-cert" | "ssl_cert" => self.client_certificate = some().map(PathBuf::from),
                "sslkey" | "ssl-key" | "ssl_key" => self.client_key = some().map(PathBuf::from),
                "connect_timeout" | "connectTimeout" => {
                    let seconds = value.parse().map_err(|_| {
                        UrlError::new(format!("`{key}` is not a number of seconds in the database URL"))
                    })?;
                    // As in libpq, 0 means no limit.
                    self.connect_timeout =
                        Some(seconds).filter(|seconds| *seconds > 0).map(Duration::from_secs);
                }
                "application_name" | "ApplicationName" => self.application_name = some(),
                "options" if dialect == Dialect::Postgres => self.options = some(),
                "init_command" | "init-command" if dialect == Dialect::Mysql => self.init_command = some(),
                "target_session_attrs" => match value.as_str() {
                    "any" => self.read_write = false,
                    "read-write" | "primary" => self.read_write = true,
                    _ => {
                        return Err(UrlError::new(
                            "migrations need `target_session_attrs=any` or `read-write`",
                        ));
                    }
                },
                "socket" | "unix_socket" if dialect == Dialect::Mysql => {
                    self.hosts = vec![Host::Socket { path: value.into(), port: None }];
                }
                _ if DRIVER_KEYS.split_whitespace().any(|known| known == key) => self.dropped.push(key),
                _ => {
                    let known =
                        ["sslmode", "sslrootcert", "host", "port", "user", "password", "dbname", "options"];
                    let known =
                        known.into_iter().chain(["connect_timeout", "application_name", "sslcert", "sslkey"]);
                    let help = match migrate_core::nearest::nearest(&key, known) {
                        Some(known) => format!("the nearest known one is `{known}`"),
                        None => "remove it".to_owned(),
                    };
                    // What does not look like a setting may be the rest of a password with a `&` in it.
                    let shown = key.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c))
                        && !value.is_empty();
                    let message = "the database URL has an unknown setting";
                    return Err(match shown {
                        true => UrlError::new(format!("{message}, `{key}`")).help(help),
                        false => UrlError::new(message).help(ENCODE),
                    });
                }
            }
        }
        self.place(hosts, ports)
    }

    /// Takes `host=` and `port=` of the query in; each may list several.
    fn place(&mut self, hosts: Option<String>, ports: Option<String>) -> Result<(), UrlError> {
        if let Some(hosts) = hosts {
            self.hosts = hosts.split(',').map(|host| host_of(host.to_owned(), None)).collect();
        }
        let Some(ports) = ports else { return Ok(()) };
        let ports = ports.split(',').map(parse_port).collect::<Result<Vec<_>, _>>()?;
        if self.hosts.is_empty() {
            self.hosts.push(host_of("localhost".to_owned(), None));
        }
        for (place, host) in self.hosts.iter_mut().enumerate() {
            let (Host::Tcp { port, .. } | Host::Socket { port, .. }) = host;
            *port = Some(ports[place.min(ports.len() - 1)]);
        }
        Ok(())
    }
}

fn host_of(name: String, port: Option<u16>) -> Host {
    if name.starts_with('/') || name.starts_with('@') {
        Host::Socket { path: name.into(), port }
    } else {
        Host::Tcp { name, port }
    }
}

fn parse_host(text: &str) -> Result<Host, UrlError> {
    if let Some(rest) = text.strip_prefix('[') {
        let Some((name, rest)) = rest.split_once(']') else {
            return Err(UrlError::new("the host in the database URL has a `[` without its `]`"));
        };
        let port = match rest.strip_prefix(':') {
            Some(port) => Some(parse_port(port)?),
            None if rest.is_empty() => None,
            None => return Err(UrlError::new("something follows the `]` of the host in the database URL")),
        };
        return Ok(Host::Tcp { name: name.to_owned(), port });
    }
    let (name, port) = match text.split_once(':') {
        Some((name, port)) => (name, Some(parse_port(port)?)),
        None => (text, None),
    };
    let name = decode(name, "the host")?;
    if name.chars().any(|c| c.is_whitespace() || c == '#') {
        return Err(
            UrlError::new("the host in the database URL has a character that hosts do not have").help(ENCODE)
        );
    }
    Ok(host_of(if name.is_empty() { "localhost".to_owned() } else { name }, port))
}

/// What is not a port is not shown: it may be the rest of a password with a `/` in it.
fn parse_port(text: &str) -> Result<u16, UrlError> {
    text.parse().ok().filter(|port| *port != 0).ok_or_else(|| {
        UrlError::new("the port in the database URL is not a number between 1 and 65535").help(ENCODE)
    })
}

fn parse_tls(key: &str, value: &str) -> Result<Tls, UrlError> {
    match value.to_ascii_lowercase().replace('_', "-").as_str() {
        "disable" | "disabled" | "false" | "0" | "off" | "no" => Ok(Tls::Disable),
        "allow" | "prefer" | "preferred" => Ok(Tls::Prefer),
        "require" | "required" | "true" | "1" | "on" | "yes" => Ok(Tls::Require),
        "verify-ca" => Ok(Tls::VerifyCa),
        "verify-full" | "verify-identity" => Ok(Tls::VerifyFull),
        _ => Err(UrlError::new(format!("`{key}` in the database URL has an unknown value"))
            .help("the values are `disable`, `prefer`, `require`, `verify-ca` and `verify-full`")),
    }
}

/// Whether the text is libpq's other form, such as `host=localhost dbname=shop`.
pub(super) fn is_keyword_string(text: &str) -> bool {
    let first = text.split_once('=').map(|(key, _)| key.trim());
    matches!(
        first,
        Some("host" | "hostaddr" | "port" | "dbname" | "user" | "password" | "sslmode" | "application_name")
    )
}

fn keyword_pairs(text: &str) -> Result<Vec<(String, String)>, UrlError> {
    let mut pairs = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let Some((key, value)) = rest.split_once('=') else {
            return Err(UrlError::new("a setting of the connection string has no `=`"));
        };
        let value = value.trim_start();
        let mut chars = value.char_indices();
        let quoted = value.starts_with('\'');
        if quoted {
            chars.next();
        }
        let (mut parsed, mut end) = (String::new(), value.len());
        let mut closed = !quoted;
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => parsed.extend(chars.next().map(|(_, c)| c)),
                '\'' if quoted => {
                    (closed, end) = (true, at + 1);
                    break;
                }
                c if !quoted && c.is_whitespace() => {
                    end = at;
                    break;
                }
                c => parsed.push(c),
            }
        }
        if !closed {
            return Err(UrlError::new("a quote in the connection string is not closed"));
        }
        pairs.push((key.trim().to_owned(), parsed));
        rest = value[end..].trim_start();
    }
    Ok(pairs)
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let port = match self {
            Self::Tcp { name, port } if name.contains(':') => {
                write!(f, "[{name}]")?;
                port
            }
            Self::Tcp { name, port } => {
                f.write_str(name)?;
                port
            }
            Self::Socket { path, port } => {
                write!(f, "{}", path.display())?;
                port
            }
        };
        port.map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(user) = &self.user {
            f.write_str(user)?;
            if self.password.is_some() {
                f.write_str(":***")?;
            }
            f.write_str("@")?;
        }
        for (place, host) in self.hosts.iter().enumerate() {
            if place > 0 {
                f.write_str(",")?;
            }
            write!(f, "{host}")?;
        }
        self.database.as_ref().map_or(Ok(()), |database| write!(f, "/{database}"))
    }
}
