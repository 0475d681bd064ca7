//! TLS as libpq means it: from "encrypted, whoever it is" to "certainly this host".

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use super::Refusal;
use crate::failure::io_reason;
use crate::url::{RootCertificates, Server, Tls};

/// The mode that is meant: `require` with root certificates checks them, as in libpq.
pub(super) fn effective_mode(server: &Server) -> Tls {
    match server.tls.unwrap_or(Tls::Prefer) {
        Tls::Require if server.root_certificates.is_some() => Tls::VerifyCa,
        mode => mode,
    }
}

/// What rustls needs to connect to the server.
pub(super) fn client_config(server: &Server) -> Result<ClientConfig, Refusal> {
    let provider = Arc::new(ring::default_provider());
    let mode = effective_mode(server);
    let checks = matches!(mode, Tls::VerifyCa | Tls::VerifyFull);
    let trusted = if checks { root_certificates(server)? } else { Vec::new() };
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(trusted.iter().cloned());
    if checks && roots.is_empty() {
        return Err(Refusal::lasting("no root certificate to check the server's with")
            .help("name a PEM file: `sslrootcert=<file>`"));
    }
    let verifier = Verifier { mode, roots, trusted, provider: Arc::clone(&provider) };
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Refusal::lasting(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    match (&server.client_certificate, &server.client_key) {
        (None, None) => Ok(builder.with_no_client_auth()),
        (Some(certificate), Some(key)) => {
            let chain = read_certificates(certificate)?;
            let key = PrivateKeyDer::from_pem_file(key).map_err(|error| unreadable(key, &error))?;
            builder.with_client_auth_cert(chain, key).map_err(|error| Refusal::lasting(error.to_string()))
        }
        _ => Err(Refusal::lasting("`sslcert` and `sslkey` belong together")),
    }
}

/// The certificates to believe in: those named, else libpq's own file, else those of the system.
pub(super) fn root_certificates(server: &Server) -> Result<Vec<CertificateDer<'static>>, Refusal> {
    let libpqs =
        std::env::home_dir().map(|home| home.join(".postgresql/root.crt")).filter(|path| path.is_file());
    match (&server.root_certificates, libpqs) {
        (Some(RootCertificates::File(path)), _) => read_certificates(path),
        (None, Some(path)) => read_certificates(&path),
        (Some(RootCertificates::System), _) | (None, None) => {
            Ok(rustls_native_certs::load_native_certs().certs)
        }
    }
}

fn read_certificates(path: &PathBuf) -> Result<Vec<CertificateDer<'static>>, Refusal> {
    let bytes = fs::read(path).map_err(|error| unreadable(path, &io_reason(&error)))?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&bytes).collect();
    let certificates = certificates.map_err(|error| unreadable(path, &error))?;
    if certificates.is_empty() {
        return Err(Refusal::lasting(format!("`{}` holds no certificate in PEM form", path.display())));
    }
    Ok(certificates)
}

fn unreadable(path: &Path, error: &dyn std::fmt::Display) -> Refusal {
    Refusal::lasting(format!("cannot read `{}`: {error}", path.display()))
}

/// Checks a server's certificate as far as the mode asks.
#[derive(Debug)]
struct Verifier {
    mode: Tls,
    roots: RootCertStore,
    /// A server may show one of these itself: self-signed certificates are marked as authorities, which webpki
    /// refuses from a server.
    trusted: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if matches!(self.mode, Tls::VerifyCa | Tls::VerifyFull) {
            let parsed = ParsedCertificate::try_from(end_entity)?;
            if !self.trusted.iter().any(|trusted| trusted == end_entity) {
                let algorithms = self.provider.signature_verification_algorithms.all;
                verify_server_cert_signed_by_trust_anchor(
                    &parsed,
                    &self.roots,
                    intermediates,
                    now,
                    algorithms,
                )?;
            }
            if self.mode == Tls::VerifyFull {
                verify_server_name(&parsed, server_name)?;
            }
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
